internal import Bytes
internal import HTTPGateway
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing

/// A gateway on the test tree, and how to ask it.
struct TestClient {
    struct Answer {
        var status: UInt16 = 0
        var headers: [(name: String, value: String)] = []
        var body = ""
        var bytes: [UInt8] = []
        var stream: StreamBody?
        var closes = false
        var length: UInt64?
        subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        func count(_ name: String) -> Int { headers.filter { $0.name == name }.count }
    }

    let model = TestModel()
    let gateway: Gateway
    let namespace: Namespace
    var peer = Peer()
    var defaults: [(String, String)] = [("Host", "127.0.0.1:8470")]

    init(
        failures: [(String, Errno)] = [], limits: GatewayLimits = GatewayLimits(), credentials: Credentials? = nil,
        nodes: NodeLimits = NodeLimits(), probe: (any GatewayProbe)? = nil, lanes: Int = 1,
        clock: RequestClock = .monotonic
    ) {
        namespace = Namespace(
            mounts: [
                Mount(
                    FileSystem(
                        type: "test", root: TestTree.top(failures: failures), context: TestContext(model: model)),
                    at: "/t")
            ],
            limits: nodes)
        gateway = Gateway(
            namespace: namespace, limits: limits, credentials: credentials, probe: probe, lanes: lanes,
            clock: clock)
    }

    /// A client of another tree.
    init(_ namespace: Namespace) {
        self.namespace = namespace
        gateway = Gateway(namespace: namespace)
    }

    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil
    ) -> Answer { send(method, bytes: Array(target.utf8), headers, body: body) }

    func send(
        _ method: String, bytes target: [UInt8], _ headers: [(String, String)] = [], body: String? = nil
    ) -> Answer {
        var head = RequestHead()
        head.start(method: method.utf8Span.span, target: target.span, peer: peer)
        for (name, value) in headers + defaults.filter({ own in !headers.contains { $0.0 == own.0 } }) {
            head.addHeader(name: name.utf8Span.span, value: value.utf8Span.span)
        }
        let text = body ?? ""
        if body != nil, !headers.contains(where: { $0.0 == "Transfer-Encoding" }) {
            head.addHeader(name: "content-length".utf8Span.span, value: "\(text.utf8.count)".utf8Span.span)
        }
        var reply = Reply()
        switch gateway.admit(head, reply: &reply) {
        case .refused: break
        case .whole(let limit) where text.utf8.count > limit: gateway.refuseBody(of: head, reply: &reply)
        case .whole: gateway.respond(to: head, body: text.utf8Span.span, reply: &reply)
        case .pieces(let receiver):
            model.state.withLock { $0.receivers += 1 }
            let bytes = text.utf8Span.span
            var start = 0
            while start < bytes.count, receiver.take(bytes.extracting(start..<min(start + 1000, bytes.count))) {
                start += 1000
            }
            receiver.finish(head, reply: &reply)
        }
        return Self.answer(from: reply)
    }

    static func answer(from reply: borrowing Reply) -> Answer {
        var answer = Answer()
        answer.status = reply.status
        answer.body = reply.body.text
        answer.bytes = reply.body.array
        answer.stream = reply.stream
        answer.closes = reply.closes
        answer.length = reply.length
        let headers = reply.headers
        var words: [String] = []
        var start = 0
        for index in headers.indices where headers[index] == 0 {
            words.append(String(repairing: headers.extracting(start..<index)))
            start = index + 1
        }
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            answer.headers.append((words[index], words[index + 1]))
        }
        return answer
    }

    func get(_ target: String, _ headers: [(String, String)] = []) -> Answer { send("GET", target, headers) }
}

extension TestClient.Answer {
    /// The whole answer, its stream read to the end; the stream is closed.
    func whole() -> String {
        guard let stream else { return body }
        var out = ByteBuffer()
        while stream.read(into: &out, limit: 65536) == .more {}
        stream.close()
        return body + out.text
    }

    /// The member of a problem or another object.
    func member(_ name: String) -> JSONValue? {
        let document = try? JSONReader.document(bytes.span)
        return document?.members?.first { $0.name == name }?.value
    }

    /// The errno's name in a problem.
    var errno: String? { member("errno")?.stringValue }
    /// The detail of a problem.
    var detail: String { member("detail")?.stringValue ?? "" }
}
