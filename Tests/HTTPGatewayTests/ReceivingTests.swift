internal import HTTPGateway
internal import Locking
internal import PseudoFS
internal import Testing

/// Bodies that a file takes as they come. The client hands them over in pieces of 1,000 bytes.
@Suite struct ReceivingTests {
    let client = TestClient(limits: GatewayLimits(bodyBytes: 5000))
    private let device = "/t/values/device"
    private let intake = "/t/values/intake"
    private let chunked = ("Transfer-Encoding", "chunked")
    private let expect = ("Expect", "100-continue")

    private var writes: [String] { client.model.state.withLock { $0.writes } }
    private var pieces: Int { client.model.state.withLock { $0.receivers } }
    private func body(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func `a short body is collected, one that is long, chunked or not sent yet is taken as it comes`() {
        #expect(client.send("PUT", device, body: "abc").status == 204)
        #expect(client.send("PUT", intake, body: body(5000)).status == 200)
        #expect(pieces == 0)
        #expect(client.send("PUT", device, [chunked], body: "abc").status == 204)
        #expect(client.send("PUT", device, [expect], body: "abc").status == 204)
        #expect(client.send("PUT", intake, body: body(5001)).status == 200)
        #expect(pieces == 3)
        #expect(writes == ["finished 0", "finished 5000", "finished 0", "finished 0", "finished 5001"])
    }

    @Test func `what a body is written to shows in what is there, and in the answer`() {
        #expect(client.send("PUT", device, [chunked, ("Content-Range", "bytes 10-14/*")], body: "hello").status == 204)
        #expect(Array(client.get(device).bytes[9...15]) == [9] + Array("hello".utf8) + [15])
        let answer = client.send("PUT", intake, [chunked], body: body(60_000))
        #expect(answer.body == "{\"path\":\"/t/values/intake\",\"written\":60000}\n")
        #expect(answer["Content-Type"] == "application/json")
        #expect(client.send("PUT", intake, [chunked, ("Accept", "text/plain")], body: "ab").body == "2\n")
        #expect(client.send("PUT", intake, [chunked], body: "").body.hasSuffix("\"written\":0}\n"))
    }

    @Test func `other files are as they were: collected, up to the limit`() {
        #expect(client.send("PUT", "/t/number", [chunked], body: "7").status == 200)
        #expect(client.send("PUT", "/t/number", [expect], body: "8").status == 200)
        let answer = client.send("PUT", "/t/number", body: body(5001))
        #expect(answer.status == 413)
        #expect(answer.closes)
        #expect(client.send("PUT", "/t/number", [chunked], body: body(5001)).status == 413)
        #expect(client.send("PUT", "/t/nothing", [chunked], body: "7").status == 404)
        #expect(pieces == 0)
    }

    @Test func `a body that is too long to be collected is told first what is wrong with its path`() {
        #expect(client.send("PUT", "/t/values/nothing", body: body(5001)).errno == "ENOENT")
        #expect(client.send("PUT", "/t/values//device", body: body(5001)).errno == "EINVAL")
    }

    @Test(arguments: [
        ("PUT", "", ("Content-Range", "bytes 99-101/*"), 416), ("PUT", "", ("Content-Range", "bytes x"), 400),
        ("PUT", "", ("If-Match", "\"x\""), 412), ("PUT", "", ("If-None-Match", "*"), 412),
        ("POST", "", ("Accept", "*/*"), 405), ("PUT", "/", ("Accept", "*/*"), 400),
        ("PUT", "?nothing", ("Accept", "*/*"), 400), ("PUT", "", ("Jitfs-Task", "nobody"), 400),
    ])
    func `what is wrong with a write is said before its first byte is taken`(
        _ method: String, _ suffix: String, _ header: (String, String), _ status: UInt16
    ) {
        #expect(client.send(method, device + suffix, [expect, header], body: "abc").status == status)
        #expect(pieces == 0)
        #expect(client.get(device).bytes == [UInt8](0..<100))
        #expect(writes.isEmpty)
    }

    @Test func `who may not write is told so before the first byte, and counted once`() throws {
        func line(_ role: String, _ token: String) -> String {
            "\(role) \(SHA256.hexadecimal(token))\n"
        }
        let text = line("read", "r") + line("write", "w")
        let credentials = try Credentials(parsing: text.utf8Span.span, digest: { SHA256.of($0) })
        let client = TestClient(limits: GatewayLimits(bodyBytes: 5000), credentials: credentials)
        for (token, status) in [("r", 403), ("w", 200), ("x", 401)] as [(String, UInt16)] {
            let answer = client.send(
                "PUT", intake, [chunked, ("Authorization", "Bearer \(token)")], body: body(100))
            #expect(answer.status == status)
        }
        #expect(client.model.state.withLock { $0.receivers } == 1)
        #expect(client.gateway.statistics.authorityRefused == 1)
    }

    @Test func `a failure in the middle ends it: abandoned once, and answered`() {
        let answer = client.send("PUT", intake, [chunked], body: body(100_000))
        #expect(answer.status == 507)
        #expect(answer.errno == "ENOSPC")
        #expect(writes == ["abandoned 71000"])
    }

    @Test func `a failure at the end is answered`() {
        for headers in [[chunked], []] {
            #expect(client.send("PUT", intake, headers, body: "abc").status == 507)
        }
        #expect(writes == ["finished 3", "finished 3"])
    }

    @Test func `a body in chunks that goes on past the end is refused there, and what came before is written`() {
        client.model.state.withLock { $0.device = [UInt8](repeating: 0, count: 1500) }
        let answer = client.send("PUT", device, [chunked], body: body(2000))
        #expect(answer.status == 416)
        #expect(answer["Content-Range"] == "bytes */1500")
        let bytes = client.model.state.withLock { $0.device }
        #expect(bytes == [UInt8](repeating: 0x78, count: 1000) + [UInt8](repeating: 0, count: 500))
        #expect(client.send("PUT", device, body: body(2000)).status == 416)
        #expect(client.model.state.withLock { $0.device } == bytes)
    }

    @Test func `nobody being there, it is abandoned, and its node is let go`() throws {
        let before = client.namespace.statistics.pinned
        var head = RequestHead()
        head.start(method: "PUT".utf8Span.span, target: intake.utf8Span.span, peer: Peer())
        head.addHeader(name: "host".utf8Span.span, value: "127.0.0.1".utf8Span.span)
        head.addHeader(name: "transfer-encoding".utf8Span.span, value: "chunked".utf8Span.span)
        var reply = Reply()
        do {
            guard case .pieces(let receiver) = client.gateway.admit(head, reply: &reply) else {
                Issue.record("it was not taken as it comes")
                return
            }
            #expect(client.namespace.statistics.pinned == before + 1)
            let goesOn = receiver.take("abc".utf8Span.span)
            #expect(goesOn)
            receiver.abandon()
        }
        #expect(writes == ["abandoned 3"])
        #expect(client.namespace.statistics.pinned == before)
    }

    @Test func `its requests are counted with the others`() {
        _ = client.send("PUT", intake, [chunked], body: "abcd")
        _ = client.send("PUT", intake, [chunked], body: "abc")
        let series = client.gateway.requestStatistics.series.first { $0.content == .sink && $0.verb == .write }
        #expect(series?.counts.reduce(0, +) == 2)
        #expect(client.gateway.requestStatistics.responses.map(\.status) == [200, 507])
    }
}
