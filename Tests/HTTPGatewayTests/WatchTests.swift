internal import Bytes
internal import HTTPGateway
internal import Locking
internal import PseudoFS
internal import Testing

/// `GET f?watch`.
@Suite struct WatchTests {
    let client = TestClient()
    private let path = "/t/watched"

    private func event(_ value: Int) -> String {
        "data: {\"path\":\"/t/watched\",\"type\":\"file\",\"mode\":\"0640\",\"value\":\(value)}\n\n"
    }

    private func next(_ stream: StreamBody?) -> String {
        var out = ByteBuffer()
        while stream?.read(into: &out, limit: 65536) == .more {}
        return out.text
    }

    @Test func `the present value comes at once, and again whenever it is another`() {
        let answer = client.get(path + "?watch")
        #expect(answer.status == 200 && answer["Content-Type"] == "text/event-stream")
        #expect(answer["Cache-Control"] == "no-store" && answer["ETag"] == nil)
        #expect(answer.body == event(42))
        #expect(client.namespace.statistics.pinned == 1 && client.gateway.statistics.streamsOpen == 1)
        #expect(next(answer.stream) == "")
        let woken = Locked(0)
        answer.stream?.onReadable { woken.withLock { $0 += 1 } }
        _ = client.send("PUT", path, body: "7")
        #expect(woken.withLock { $0 } == 1)
        #expect(next(answer.stream) == event(7))
        _ = client.send("PUT", path, body: "8")
        _ = client.send("PUT", path, body: "9")
        #expect(woken.withLock { $0 } == 2)
        #expect(next(answer.stream) == event(9))
        _ = client.send("PUT", path, body: "9")
        #expect(next(answer.stream) == "")
        answer.stream?.close()
        #expect(client.namespace.statistics.pinned == 0 && client.gateway.statistics.streamsOpen == 0)
        #expect(client.model.watches.withLock { $0.isEmpty })
    }

    @Test func `a watch ends where what it looks at fails`() {
        let answer = client.get(path + "?watch")
        client.model.state.withLock { $0.isDead = true }
        var out = ByteBuffer()
        #expect(answer.stream?.read(into: &out, limit: 100) == .end)
        answer.stream?.close()
    }

    @Test func `what is watched comes in one form, and is a stream among the others`() {
        for query in ["?watch&raw", "?watch&format=json", "?watch&pretty", "?watch=2"] {
            #expect(client.get(path + query).status == 400, "\(query)")
        }
        #expect(client.get(path + "?watch=0").body.hasPrefix("{\"path\""))
        #expect(client.get("/t/number?watch").status == 400)
        #expect(client.get(path + "?watch", [("Accept", "application/json")]).status == 406)
        let browser = client.get(path + "?watch", [("Accept", "text/event-stream")])
        #expect(browser.status == 200)
        browser.stream?.close()
        let head = client.send("HEAD", path + "?watch")
        #expect(head.status == 200 && head.whole() == "")
        let few = TestClient(limits: GatewayLimits(streams: 1))
        let held = few.get(path + "?watch")
        #expect(few.get(path + "?watch").status == 503)
        held.stream?.close()
        let quoted = client.get(path + "?watch&int64=string")
        #expect(quoted.body.contains(#""value":"42""#))
        quoted.stream?.close()
    }
}
