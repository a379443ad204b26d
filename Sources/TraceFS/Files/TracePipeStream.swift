internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// `trace_pipe`: what comes, as it comes; what was given is gone from the buffer.
///
/// It ends when the instance is removed, after `count` records, or when its time is up.
final class TracePipeStream: OpenFile, @unchecked Sendable {
    // Sendable: the pipe may be used by any thread; the rest is used by the one thread that reads.
    private let pipe: TracePipe
    private var renderer: RecordRenderer
    private var payload = ByteBuffer()
    private var left: UInt64
    let timeoutSeconds: Double?

    init(_ instance: TraceInstance, lane: Int?, _ request: ReadRequest, renderer: consuming RecordRenderer)
        throws(Failure)
    {
        left = renderer.selection.countMax
        self.renderer = renderer
        timeoutSeconds = request.arguments.seconds("timeout")
        pipe = try engine(.node, { $0 == .resourceBusy ? "another reader has it" : $0.description }) {
            () throws(Errno) in try instance.openPipe(lane: lane)
        }
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        renderer.refresh()
        while buffer.count < end {
            guard left > 0 else { return .end }
            switch pipe.step(into: &payload) {
            case .record(let header):
                guard renderer.wants(payload, header) else { continue }
                renderer.append(payload, header, to: &buffer)
                left -= 1
            case .lost(let cpu, let count): renderer.append(lost: count, cpu: cpu, to: &buffer)
            case .empty:
                // Not waiting is not arming: whoever asked with timeout 0 is told that there is nothing.
                if timeoutSeconds == 0 || pipe.wait() {
                    renderer.refreshAll()
                    return .wouldBlock
                }
            case .ended: return .end
            }
        }
        return left > 0 ? .more : .end
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { pipe.onReadable(wake) }

    func close() { pipe.close() }
}
