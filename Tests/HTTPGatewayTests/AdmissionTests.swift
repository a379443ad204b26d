internal import HTTPGateway
internal import PseudoFS
internal import Testing

@Suite struct AdmissionTests {
    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1", true), ("127.9.8.7:1", true), ("[::1]", true),
        ("[::1]:8470", true), ("evil.example", false), ("127.0.0.1.evil.example", false), ("localhost.evil", false),
        ("127.0.0.256", false), ("127.0.1", false), ("127.0.0.1:", false), ("127.0.0.1:x", false), ("[::2]", false),
        ("", false),
        ("[::1]evil", false), ("0.0.0.0", false), ("10.0.0.1", false),
    ])
    func `on loopback the host must be loopback`(host: String, isTaken: Bool) {
        let client = TestClient()
        let answer = client.get("/t/number", [("Host", host)])
        #expect(answer.status == (isTaken ? 200 : 403))
        if !isTaken { #expect(answer.errno == "EACCES" && client.gateway.statistics.hostsRefused == 1) }
    }

    @Test func `a host may be absent over a unix socket only, and any on a public listener`() {
        var client = TestClient()
        client.defaults = []
        #expect(client.get("/t/number").status == 403)
        client.peer = Peer(transport: .unix(pid: 1, comm: "x"))
        #expect(client.get("/t/number").status == 200)
        client.peer = Peer(transport: .tcp(isLoopback: false), isPublicListener: true)
        #expect(client.get("/t/number", [("Host", "box.example")]).status == 200)
    }

    @Test(arguments: [
        ("Origin", "http://127.0.0.1:8470", true), ("Origin", "https://127.0.0.1:8470", true),
        ("Origin", "http://127.0.0.1", false), ("Origin", "null", false), ("Origin", "", false),
        ("Origin", "http://evil.example", false), ("Origin", "http://127.0.0.1:8470.evil", false),
        ("Sec-Fetch-Site", "same-origin", true), ("Sec-Fetch-Site", "none", true),
        ("Sec-Fetch-Site", "cross-site", false),
        ("Sec-Fetch-Site", "same-site", false), ("Sec-Fetch-Site", "whatever", false),
    ])
    func `another site's page is refused`(header: String, value: String, isTaken: Bool) {
        let client = TestClient()
        let answer = client.send("PUT", "/t/number", [(header, value)], body: "1")
        #expect(answer.status == (isTaken ? 200 : 403))
        #expect(client.gateway.statistics.originsRefused == (isTaken ? 0 : 1))
        #expect(client.model.written.isEmpty == !isTaken)
    }

    @Test(
        arguments: [
            [("Content-Length", "3"), ("Content-Length", "3")],
            [("Content-Length", "3"), ("Transfer-Encoding", "chunked")],
            [("Transfer-Encoding", "gzip")], [("Transfer-Encoding", "gzip, chunked")], [("Transfer-Encoding", "")],
            [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], [("Content-Length", "+3")],
            [("Content-Length", "3, 3")], [("Content-Length", "")], [("Content-Length", "0x3")],
            [("Host", "127.0.0.1"), ("Host", "127.0.0.1")],
        ] as [[(String, String)]])
    func `what could be read in two ways is refused and ends the connection`(headers: [(String, String)]) {
        let client = TestClient()
        let answer = client.send("PUT", "/t/number", headers)
        #expect(answer.status == 400 && answer.closes)
        #expect(client.gateway.statistics.framingsRefused == 1)
    }

    @Test func `chunks are taken, in any case of letters`() {
        #expect(TestClient().send("PUT", "/t/streams/sink", [("Transfer-Encoding", "Chunked")]).status == 200)
    }

    @Test func `a body over the limit is 413 EFBIG, announced or not`() {
        let client = TestClient(limits: GatewayLimits(bodyBytes: 4))
        #expect(client.send("PUT", "/t/streams/sink", body: "abcd").status == 200)
        let announced = client.send("PUT", "/t/streams/sink", body: "abcde")
        #expect(announced.status == 413 && announced.errno == "EFBIG" && announced.closes)
        #expect(client.send("PUT", "/t/streams/sink", [("Content-Length", "99999999999999999999999")]).status == 413)
        var reply = Reply()
        var head = RequestHead()
        head.start(method: "PUT".utf8Span.span, target: "/t/streams/sink".utf8Span.span, peer: Peer())
        client.gateway.refuseBody(of: head, reply: &reply)
        #expect(reply.status == 413 && reply.closes)
        #expect(client.gateway.statistics.bodiesRefused == 3)
    }

    @Test func `what has no body must bring none`() {
        let client = TestClient()
        for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
            #expect(client.send(method, "/t/number", body: "x").status == 400)
            #expect(client.send(method, "/t/number", [("Transfer-Encoding", "chunked")]).status == 400)
        }
        #expect(client.send("GET", "/t/number", body: "").status == 200)
    }

    @Test func `a connection too many is 503 and closed`() {
        let client = TestClient()
        var reply = Reply()
        client.gateway.refuseConnection(reply: &reply)
        let answer = TestClient.answer(from: reply)
        #expect(answer.status == 503 && answer.errno == "EMFILE" && answer.closes && answer["Retry-After"] == "1")
        #expect(client.gateway.statistics.connectionsRefused == 1)
    }
}
