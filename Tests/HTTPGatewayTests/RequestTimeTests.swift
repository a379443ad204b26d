internal import HTTPGateway
internal import PseudoFS
internal import Testing

@Suite struct RequestTimeTests {
    private func client(nanoseconds: UInt64 = 20_000, lanes: Int = 1) -> TestClient {
        TestClient(lanes: lanes, clock: .manual(RequestClock.Hand(nanoseconds: nanoseconds)))
    }

    private func series(
        _ client: TestClient, _ content: Declaration.Content?, _ verb: RequestVerb
    ) -> RequestStatistics.Series? {
        client.gateway.requestStatistics.series.first { $0.content == content && $0.verb == verb }
    }

    @Test func `nothing is told of before the first request`() {
        let statistics = client().gateway.requestStatistics
        #expect(statistics.series.isEmpty && statistics.responses.isEmpty)
    }

    @Test(arguments: [
        (0, 0), (10_000, 0), (10_001, 1), (25_000, 1), (25_001, 2), (50_000, 2), (50_001, 3), (100_000, 3),
        (1_000_000, 6), (1_000_001, 7), (10_000_000_000, 18), (10_000_000_001, 19), (UInt64(1) << 62, 19),
    ])
    func `a time falls into the first bucket whose bound is not below it`(nanoseconds: UInt64, bucket: Int) {
        let client = client(nanoseconds: nanoseconds)
        _ = client.get("/t/number")
        let series = series(client, .attribute, .read)
        #expect(series?.counts.firstIndex(of: 1) == bucket)
        #expect(series?.counts.reduce(0, +) == 1 && series?.nanoseconds == nanoseconds)
        if bucket < 19 { #expect(nanoseconds <= UInt64((LatencyBuckets.boundsSeconds[bucket] * 1e9).rounded())) }
        if bucket > 0 { #expect(nanoseconds > UInt64((LatencyBuckets.boundsSeconds[bucket - 1] * 1e9).rounded())) }
    }

    @Test func `bounds and buckets are as many`() {
        let client = client()
        _ = client.get("/t/number")
        #expect(series(client, .attribute, .read)?.counts.count == LatencyBuckets.boundsSeconds.count + 1)
    }

    @Test(
        arguments: [
            ("GET", "/t/number", nil, .attribute, .read), ("HEAD", "/t/number", nil, .attribute, .read),
            ("PUT", "/t/number", "1", .attribute, .write), ("POST", "/t/number", "1", .attribute, .append),
            ("GET", "/t/values", nil, .listing, .read), ("GET", "/t/values?x", nil, .listing, .read),
            ("POST", "/t/made", #"{"name":"a"}"#, .listing, .create), ("DELETE", "/t/made", nil, .listing, .remove),
            ("GET", "/t/streams/short", nil, .document, .read),
            ("GET", "/t/streams/pipe?timeout=0", nil, .stream, .read),
            ("PUT", "/t/streams/sink", "x", .sink, .write), ("OPTIONS", "/t/number", nil, .attribute, .options),
            ("BREW", "/t/number", nil, .attribute, .other), ("GET", "/t/nothing", nil, nil, .read),
            ("POST", "/t/nothing", "x", nil, .other), ("GET", "nowhere", nil, nil, .read),
            ("OPTIONS", "*", nil, nil, .options),
        ] as [(String, String, String?, Declaration.Content?, RequestVerb)])
    func `a request is timed by its kind of node and its verb`(
        method: String, target: String, body: String?, content: Declaration.Content?, verb: RequestVerb
    ) {
        let client = client()
        let answer = client.send(method, target, body: body)
        let statistics = client.gateway.requestStatistics
        #expect(statistics.series.count == 1 && series(client, content, verb)?.nanoseconds == 20_000)
        #expect(statistics.responses.map(\.status) == [answer.status] && statistics.responses[0].count == 1)
    }

    @Test func `a stream is timed to its first answer`() {
        let client = client()
        let held = client.get("/t/streams/pipe")
        #expect(series(client, .stream, .read)?.counts.reduce(0, +) == 1)
        held.stream?.close()
        #expect(series(client, .stream, .read)?.counts.reduce(0, +) == 1)
    }

    @Test func `what is refused on its head has a status and no time`() {
        let client = client()
        _ = client.get("/t/number", [("Host", "evil")])
        let statistics = client.gateway.requestStatistics
        #expect(statistics.series.isEmpty)
        #expect(statistics.responses.elementsEqual([(status: 403, count: 1)], by: ==))
    }

    @Test func `whatever number a lane has, its counts are in the sum`() {
        var client = client(lanes: 2)
        for lane in [0, 1, 2, 3, .max, -1, .min] {
            client.peer.lane = lane
            _ = client.get("/t/number")
        }
        #expect(series(client, .attribute, .read)?.counts.reduce(0, +) == 7)
        #expect(client.gateway.requestStatistics.responses.elementsEqual([(status: 200, count: 7)], by: ==))
    }

    @Test func `the monotonic clock goes on`() {
        let client = TestClient()
        for _ in 0..<100 { _ = client.get("/t/number") }
        let series = series(client, .attribute, .read)
        #expect((series?.nanoseconds ?? 0) > 0 && (series?.nanoseconds ?? .max) < 100_000_000_000)
    }
}
