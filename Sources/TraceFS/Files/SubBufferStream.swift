internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// `trace_pipe_raw`: whole sub-buffers of one CPU, as they come; what was given is gone from the buffer.
///
/// It ends when the instance is removed, or when its time is up; that of a snapshot, to which nothing comes, where it is
/// empty.
final class SubBufferStream: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private let pipe: SubBufferPipe
    private let waits: Bool
    let timeoutSeconds: Double?

    init(_ instance: TraceInstance, lane: Int, ofSnapshot: Bool, _ request: ReadRequest) throws(Failure) {
        timeoutSeconds = ofSnapshot ? 0 : request.arguments.seconds("timeout")
        waits = timeoutSeconds != 0
        pipe = try engine(.node) { () throws(Errno) in
            try instance.openSubBufferPipe(lane: lane, ofSnapshot: ofSnapshot)
        }
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        while buffer.count < end {
            switch pipe.step(into: &buffer) {
            case .page: break
            case .empty: if !waits || pipe.wait() { return .wouldBlock }
            case .ended: return .end
            }
        }
        return .more
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { pipe.onReadable(wake) }

    func close() { pipe.close() }
}
