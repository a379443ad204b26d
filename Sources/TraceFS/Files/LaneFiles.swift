internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// `tracing_cpumask`: which CPU lanes take records.
enum LaneFiles {
    static let mask = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The CPUs that take records, as hexadecimal digits.",
        value: { context in
            var out = ByteBuffer()
            context.tracedLanes.append(to: &out)
            return .text(out.text)
        },
        write: { context, bytes, _ throws(Failure) in
            if bytes.isEmpty { throw Failure(.invalidArgument, "a mask is expected", subject: .content) }
            try engine(.content, reason) { () throws(Errno) in
                try context.setTracedLanes(try LaneMask(parsing: bytes, of: context.lanes))
            }
        })

    private static func reason(_ errno: Errno) -> String {
        errno == .overflow ? "it names a CPU that is not there" : "hexadecimal digits are expected"
    }
}
