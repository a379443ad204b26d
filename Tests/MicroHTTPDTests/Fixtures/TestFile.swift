internal import Locking
@testable import MicroHTTPD
import Bytes
import PseudoFS
import Synchronization

/// A file to follow: tests write, a stream reads.
final class TestFile: OpenFile {
    private struct State: Sendable {
        var bytes: [UInt8] = []
        var limit = Int.max
        var dropped = 0
        var hasEnded = false
        var failure: Failure?
        var isArmed = false
        var wake: (@Sendable () -> Void)?
        var closes = 0
        var reads = 0
    }

    private let state = Locked(State())
    let timeoutSeconds: Double?

    init(timeoutSeconds: Double? = nil) { self.timeoutSeconds = timeoutSeconds }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let (taken, step): ([UInt8], ReadStep) = state.withLock { state in
            state.reads += 1
            let count = min(state.bytes.count, limit)
            let taken = Array(state.bytes[..<count])
            state.bytes.removeFirst(count)
            if count > 0 { return (taken, .more) }
            if state.hasEnded { return (taken, .end) }
            state.isArmed = true
            return (taken, .wouldBlock)
        }
        buffer.append(taken.span)
        return step
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }

    func close() { state.withLock { $0.closes += 1 } }

    /// Writes, and wakes the reader; what does not fit within `limit` is dropped.
    func write(_ text: String, limit: Int = .max) {
        let wake = state.withLock { state in
            if state.bytes.count + text.utf8.count <= limit {
                state.bytes += Array(text.utf8)
            } else {
                state.dropped += 1
            }
            return takeWake(&state)
        }
        wake?()
    }

    var failure: Failure? { state.withLock { $0.failure } }

    func end(_ failure: Failure? = nil) {
        let wake = state.withLock { state in
            state.hasEnded = true
            state.failure = failure
            return takeWake(&state)
        }
        wake?()
    }

    private func takeWake(_ state: inout State) -> (@Sendable () -> Void)? {
        guard state.isArmed else { return nil }
        state.isArmed = false
        return state.wake
    }

    /// Whether a reader found nothing and waits for more.
    var isWaitedFor: Bool { state.withLock { $0.isArmed } }
    var closes: Int { state.withLock { $0.closes } }
    var reads: Int { state.withLock { $0.reads } }
    var waiting: Int { state.withLock { $0.bytes.count } }
    var dropped: Int { state.withLock { $0.dropped } }
}
