internal import Bytes
internal import HTTPGateway
internal import Locking

/// Takes a body as it comes, up to a limit, and answers with how much it was and its hash.
final class TestReceiver: BodyReceiver {
    struct State {
        var bytes: [UInt8] = []
        var pieces = 0
        var pieceBytesMax = 0
        var hasFinished = false
        var wasAbandoned = false
    }

    let state = Locked(State())
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    func take(_ piece: Span<UInt8>) -> Bool {
        let bytes = [UInt8](copying: piece)
        return state.withLock { state in
            state.bytes += bytes
            state.pieces += 1
            state.pieceBytesMax = max(state.pieceBytesMax, bytes.count)
            return state.bytes.count <= limit
        }
    }

    func finish(_ head: borrowing RequestHead, reply: inout Reply) {
        let taken = state.withLock { state in
            state.hasFinished = true
            return state.bytes
        }
        if taken.count > limit {
            reply.status = 507
            reply.addHeader("X-Test", "yes")
            reply.body.append("full")
        } else {
            reply.body.append("\(taken.count) \(EchoHandler.hash(taken))")
        }
    }

    func abandon() { state.withLock { $0.wasAbandoned = true } }
}
