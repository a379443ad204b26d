internal import Locking
@testable import MicroHTTPD
import Bytes
import HTTPGateway
import Synchronization

/// Answers with what it was asked, and refuses what the gateway would refuse before it reads a body.
final class EchoHandler: RequestHandler {
    let bodyBytesMax: Int
    /// Streams that were opened, in order.
    let files = Locked<[TestFile]>([])
    /// Bodies that were taken as they came, in order.
    let receivers = Locked<[TestReceiver]>([])
    /// What closed streams gave back.
    let released = Atomic<Int>(0)
    let peers = Locked<[Peer]>([])
    let refusedBodies = Atomic<Int>(0)

    init(bodyBytesMax: Int = 1 << 20) { self.bodyBytesMax = bodyBytesMax }

    func admit(_ head: borrowing RequestHead, reply: inout Reply) -> Admission {
        let smuggles =
            head.count(.contentLength) > 1 || head.count(.transferEncoding) > 1
            || head.has(.contentLength) && head.has(.transferEncoding)
            || head.has(.transferEncoding) && !head.value(.transferEncoding).equalsIgnoringCase("chunked")
        if smuggles {
            reply.status = 400
            reply.closes = true
            return .refused
        }
        if head.target.starts(with: "/forbidden") {
            reply.status = 403
            reply.body.append("no")
            return .refused
        }
        if head.target.starts(with: "/pieces") {
            let receiver = TestReceiver(head.target.equals("/pieces/refusing") ? 100_000 : .max)
            receivers.withLock { $0.append(receiver) }
            return .pieces(receiver)
        }
        return .whole(bytesMax: bodyBytesMax)
    }

    func respond(to head: borrowing RequestHead, body: Span<UInt8>, reply: inout Reply) {
        peers.withLock { $0.append(head.peer) }
        if head.target.starts(with: "/stream") { return stream(head, reply: &reply) }
        if head.target.starts(with: "/bytes/") {
            let digits = head.target.extracting(droppingFirst: 7)
            var count = 0
            for index in digits.indices { count = count * 10 + Int(digits[index] - 0x30) }
            for index in 0..<count { reply.body.append(UInt8(truncatingIfNeeded: index &* 31)) }
            return
        }
        if head.target.equals("/empty") { return reply.status = 204 }
        if head.target.equals("/closing") { reply.closes = true }
        reply.addHeader("X-Test", "yes")
        let agent = head.value(.userAgent)
        if agent.count < 100 { reply.addHeader("X-Agent", agent) }
        reply.body.append(head.target)
        reply.body.append(" ")
        reply.body.append(decimal: body.count)
        reply.body.append(" ")
        reply.body.append(hexadecimal: Hash64.of(body, seed: 1))
    }

    func refuseBody(of head: borrowing RequestHead, reply: inout Reply) {
        refusedBodies.add(1, ordering: .relaxed)
        reply.status = 413
        reply.body.append("too large")
    }

    func refuseConnection(reply: inout Reply) {
        reply.status = 503
        reply.addHeader("Retry-After", "1")
        reply.body.append("too many")
    }

    private func stream(_ head: borrowing RequestHead, reply: inout Reply) {
        let timeout: Double? = head.target.equals("/stream?timeout=0.3") ? 0.3 : nil
        let file = TestFile(timeoutSeconds: timeout)
        files.withLock { $0.append(file) }
        reply.body.append("hello\n")
        if head.target.equals("/stream?prepared") { reply.body.append(repeating: 0x61, count: 100_000) }
        reply.stream = StreamBody(file) { self.released.add(1, ordering: .relaxed) }
    }

    /// The hash that a body is answered with.
    static func hash(_ body: [UInt8]) -> String {
        var out = ByteBuffer()
        out.append(hexadecimal: Hash64.of(body.span, seed: 1))
        return out.text
    }
}
