internal import Locking
internal import HTTPGateway
internal import PseudoFS
internal import Synchronization
internal import Testing

@Suite struct StreamTests {
    @Test func `a document that ends soon is sent whole`() {
        let client = TestClient()
        let answer = client.get("/t/streams/short")
        #expect(answer.body == "[0,1,2]" && answer.stream == nil && answer.status == 200)
        #expect(client.get("/t/streams/short?raw").body == "0\n1\n2\n")
    }

    @Test func `a document that goes on is streamed and pins its node`() {
        let client = TestClient()
        let answer = client.get("/t/streams/long?raw")
        #expect(answer.bytes.count >= 65536 && answer.stream != nil)
        #expect(client.namespace.statistics.pinned == 1)
        #expect(client.gateway.statistics.streamsOpen == 1)
        #expect(answer.whole() == (0..<100_000).map { "\($0)\n" }.joined())
        #expect(client.namespace.statistics.pinned == 0)
        #expect(client.gateway.statistics.streamsOpen == 0)
        client.namespace.checkInvariants()
    }

    @Test func `a document that is not all there is refused, or says so at its end where some was sent`() {
        let client = TestClient()
        let soon = client.get("/t/values/broken")
        #expect(soon.status == 500 && soon.errno == "EBADMSG" && soon.stream == nil)
        let late = client.get("/t/values/broken_late?raw")
        #expect(late.status == 200 && late.stream?.hasFailed == false)
        #expect(late.whole().hasSuffix("99999\n"))
        #expect(late.stream?.hasFailed == true)
        let sound = client.get("/t/streams/long")
        #expect(sound.whole().hasSuffix(",99999]"))
        #expect(sound.stream?.hasFailed == false)
    }

    @Test func `a stream that would wait gives what there is and goes on`() {
        let client = TestClient()
        client.model.pipe.put("{\"a\":1}\n")
        let answer = client.get("/t/streams/pipe")
        #expect(answer.status == 200 && answer.body == "{\"a\":1}\n")
        #expect(answer["Content-Type"] == "application/x-ndjson" && answer["Cache-Control"] == "no-store")
        client.model.pipe.put("{\"a\":2}\n")
        client.model.pipe.end()
        #expect(answer.whole() == "{\"a\":1}\n{\"a\":2}\n")
        #expect(client.model.pipe.closes == 1)
        #expect(client.gateway.statistics.streamsOpen == 0)
    }

    @Test func `who does not wait gets what there is, or 204`() {
        let client = TestClient()
        let empty = client.get("/t/streams/pipe?timeout=0")
        #expect(empty.status == 204 && empty.body.isEmpty && empty.stream == nil)
        client.model.pipe.put("x\n")
        let some = client.get("/t/streams/pipe?timeout=0")
        #expect(some.status == 200 && some.body == "x\n" && some.stream == nil)
        #expect(client.model.pipe.closes == 2)
        #expect(client.gateway.statistics.streamsOpen == 0)
    }

    @Test func `HEAD opens nothing that consumes`() {
        let client = TestClient()
        client.model.pipe.put("x\n")
        let answer = client.send("HEAD", "/t/streams/pipe")
        #expect(answer.status == 200 && answer["Content-Type"] == "application/x-ndjson")
        #expect(client.model.state.withLock { $0.opens } == 0)
        #expect(answer.whole() == "")
    }

    @Test func `one stream too many is 503 EMFILE, counted, and opens nothing`() {
        let client = TestClient(limits: GatewayLimits(streams: 2))
        let held = (0..<2).map { _ in client.get("/t/streams/pipe") }
        let opens = client.model.state.withLock { $0.opens }
        let refused = client.get("/t/streams/pipe")
        #expect(refused.status == 503 && refused.errno == "EMFILE" && refused["Retry-After"] == "1")
        #expect(client.model.state.withLock { $0.opens } == opens)
        #expect(client.get("/t/streams/long").status == 503)
        #expect(client.get("/t/streams/short").status == 200)
        #expect(client.gateway.statistics.streamsRefused == 2)
        held[0].stream?.close()
        #expect(client.get("/t/streams/long").status == 200)
        held[1].stream?.close()
    }

    @Test func `a reply that is dropped gives its place back`() {
        let client = TestClient()
        do { _ = client.get("/t/streams/pipe") }
        #expect(client.gateway.statistics.streamsOpen == 0)
        #expect(client.namespace.statistics.pinned == 0)
    }
}
