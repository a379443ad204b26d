internal import Bytes
internal import HTTPGateway
internal import Locking
internal import PseudoFS
internal import Testing

@Suite struct WatchTests {
    private let client = TestClient()

    /// What a stream has to say, and how it stands.
    private func read(_ stream: StreamBody) -> (text: String, step: ReadStep) {
        var out = ByteBuffer()
        let step = stream.read(into: &out, limit: 65536)
        return (out.text, step)
    }

    private static func event(_ value: String) -> String {
        #"data: {"path":"/t/number","type":"file","mode":"0640","value":"# + value + "}\n\n"
    }

    @Test func `a watch tells the value, and then each that is another`() throws {
        let answer = client.get("/t/number?watch", [("Accept", "text/event-stream")])
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "text/event-stream")
        #expect(answer["Cache-Control"] == "no-store")
        #expect(answer.body == Self.event("42"))
        let stream = try #require(answer.stream)
        let calls = Locked(0)
        stream.onReadable { calls.withLock { $0 += 1 } }
        #expect(read(stream) == ("", .wouldBlock))
        #expect(client.send("PUT", "/t/number", body: "42").status == 200)
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream) == ("", .wouldBlock))
        #expect(client.send("PUT", "/t/number", body: "43").status == 200)
        #expect(client.send("PUT", "/t/number", body: "44").status == 200)
        #expect(calls.withLock { $0 } == 2)
        #expect(read(stream) == (Self.event("44"), .wouldBlock))
        #expect(client.gateway.statistics.streamsOpen == 1)
        stream.close()
        #expect(client.send("PUT", "/t/number", body: "45").status == 200)
        #expect(calls.withLock { $0 } == 2)
        #expect(client.gateway.statistics.streamsOpen == 0)
    }

    @Test func `it ends when what is watched is removed`() throws {
        #expect(
            client.send("POST", "/t/made", [("Content-Type", "application/json")], body: #"{"name":"x"}"#).status == 201
        )
        let stream = try #require(client.get("/t/made/x/number?watch").stream)
        let calls = Locked(0)
        stream.onReadable { calls.withLock { $0 += 1 } }
        #expect(client.send("DELETE", "/t/made/x").status == 204)
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream) == ("", .end))
        stream.close()
    }

    @Test(arguments: [
        ("/t/number?watch&format=json", 400), ("/t/number?watch&raw", 400), ("/t/number?watch&pretty", 400),
        ("/t/number?timeout=1", 400), ("/t/number?watch=0&timeout=1", 400), ("/t?watch", 400),
        ("/t/streams/sink?watch", 405), ("/t/number?watch&timeout=0", 200),
    ])
    func `what goes with it is checked`(_ target: String, _ status: UInt16) {
        let answer = client.get(target)
        #expect(answer.status == status)
        #expect(answer.stream == nil)
    }

    @Test func `who takes no events is told so, and HEAD watches nothing`() {
        #expect(client.get("/t/number?watch", [("Accept", "application/json")]).status == 406)
        let head = client.send("HEAD", "/t/number?watch")
        #expect(head.status == 200)
        #expect(head.whole() == "")
        #expect(client.gateway.statistics.streamsOpen == 0)
    }

    @Test func `watching counts among the streams`() {
        let client = TestClient(
            limits: {
                var limits = GatewayLimits()
                limits.streams = 1
                return limits
            }())
        let first = client.get("/t/number?watch")
        #expect(client.get("/t/number?watch").status == 503)
        first.stream?.close()
        let second = client.get("/t/number?watch")
        #expect(second.status == 200)
        second.stream?.close()
    }
}
