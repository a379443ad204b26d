internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files about tracers, of which there is one that does nothing: no kernel's functions are here to be traced.
enum TracerFiles {
    static let available = File<TraceInstance>.attribute(
        mode: 0o440, summary: "The tracers, between spaces.", value: { _ in .text("nop") })

    static let current = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The tracer: nop.", value: { _ in .text("nop") },
        write: { _, bytes, _ throws(Failure) in
            guard bytes.trimmed.equals("nop") else {
                throw Failure(.invalidArgument, "there is only nop", subject: .content)
            }
        })

    static let printkFormats = File<TraceInstance>.attribute(
        mode: 0o440, summary: "The formats of trace_printk: none, for nothing here calls it.",
        value: { _ in .list([]) })
}
