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
        #expect(calls.withLock { $0 } == 0)
        #expect(read(stream) == ("", .wouldBlock))
        #expect(client.send("PUT", "/t/number", body: "43").status == 200)
        #expect(client.send("PUT", "/t/number", body: "44").status == 200)
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream) == (Self.event("44"), .wouldBlock))
        #expect(client.gateway.statistics.streamsOpen == 1)
        stream.close()
        #expect(client.send("PUT", "/t/number", body: "45").status == 200)
        #expect(calls.withLock { $0 } == 1)
        #expect(client.namespace.watchers.count == 0)
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
        ("/t/number?timeout=1", 400), ("/t/number?watch=0&timeout=1", 400), ("/t?watch&recursive", 400),
        ("/t?watch&limit=1", 400), ("/t?watch&after=a", 400), ("/t?watch&timeout=0", 200),
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

    @Test func `a file that knows of changes by itself tells them too`() throws {
        let stream = try #require(client.get("/t/watched?watch").stream)
        let calls = Locked(0)
        stream.onReadable { calls.withLock { $0 += 1 } }
        #expect(read(stream) == ("", .wouldBlock))
        client.model.state.withLock { $0.number = 7 }
        client.model.changed()
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream).text.hasSuffix("\"value\":7}\n\n"))
        client.model.changed()
        #expect(calls.withLock { $0 } == 1)
        client.model.state.withLock { $0.number = 8 }
        client.model.changed()
        #expect(calls.withLock { $0 } == 2)
        stream.close()
        client.model.changed()
        #expect(calls.withLock { $0 } == 2)
        #expect(client.model.watches.withLock { $0.isEmpty })
    }

    // MARK: directories

    private static func directory(_ members: String) -> String {
        #"data: {"path":"/t/made","type":"directory","mode":"0755","# + members + "}\n\n"
    }

    private static func entries(_ names: [String]) -> String {
        names.map { #"{"name":"\#($0)","type":"directory","mode":"0755"}"# }.joined(separator: ",")
    }

    private func make(_ name: String) {
        #expect(client.send("POST", "/t/made", body: #"{"name":"\#(name)"}"#).status == 201)
    }

    @Test func `a directory tells its entries, and then which come and go`() throws {
        make("b")
        make("d")
        let answer = client.get("/t/made?watch")
        #expect(answer.body == Self.directory(#""entries":["# + Self.entries(["b", "d"]) + "]"))
        #expect(answer.body == "data: " + client.get("/t/made").body + "\n")
        let stream = try #require(answer.stream)
        let calls = Locked(0)
        stream.onReadable { calls.withLock { $0 += 1 } }
        #expect(read(stream) == ("", .wouldBlock))
        make("c")
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream) == (Self.directory(#""added":["# + Self.entries(["c"]) + #"],"removed":[]"#), .wouldBlock))
        make("a")
        make("e")
        #expect(client.send("DELETE", "/t/made/b").status == 204)
        #expect(client.send("DELETE", "/t/made/d").status == 204)
        #expect(calls.withLock { $0 } == 2)
        #expect(
            read(stream)
                == (
                    Self.directory(#""added":["# + Self.entries(["a", "e"]) + #"],"removed":["b","d"]"#), .wouldBlock
                ))
        // What changes inside an entry is no change of the directory.
        #expect(client.send("PUT", "/t/made/a/number", body: "7").status == 200)
        #expect(calls.withLock { $0 } == 2)
        stream.close()
    }

    @Test func `what came and went between two looks of a slow reader is not told`() throws {
        let stream = try #require(client.get("/t/made?watch").stream)
        make("x")
        #expect(client.send("DELETE", "/t/made/x").status == 204)
        #expect(read(stream) == ("", .wouldBlock))
        stream.close()
    }

    @Test func `what was removed and made again is told as both`() throws {
        let drawers = Drawers(count: 1)
        let client = TestClient(drawers.namespace(.atOnce))
        drawers[0].put("x")
        let stream = try #require(client.get("/d/d0?watch").stream)
        drawers[0].take("x")
        drawers[0].put("x")
        client.namespace.changed(at: "/d")
        let entry = #"{"name":"x","type":"directory","mode":"0755"}"#
        #expect(read(stream).text.hasSuffix(#","added":[\#(entry)],"removed":["x"]}"# + "\n\n"))
        stream.close()
    }

    @Test func `a directory without order in its names is told as a listing shows it`() throws {
        let drawers = Drawers(count: 1)
        let client = TestClient(drawers.namespace(.atOnce))
        for number in [10, 9, 100] { drawers[0].number(number) }
        let answer = client.get("/d/n0?watch")
        #expect(answer.body == "data: " + client.get("/d/n0").body + "\n")
        let stream = try #require(answer.stream)
        drawers[0].number(20)
        drawers[0].forget(9)
        client.namespace.changed(at: "/d")
        let entry = #"{"name":"20","type":"file","mode":"0644"}"#
        #expect(read(stream).text.hasSuffix(#","added":[\#(entry)],"removed":["9"]}"# + "\n\n"))
        stream.close()
    }

    @Test func `a removed directory ends its watch`() throws {
        make("x")
        let stream = try #require(client.get("/t/made/x?watch").stream)
        let calls = Locked(0)
        stream.onReadable { calls.withLock { $0 += 1 } }
        #expect(read(stream) == ("", .wouldBlock))
        #expect(client.send("DELETE", "/t/made/x").status == 204)
        #expect(calls.withLock { $0 } == 1)
        #expect(read(stream) == ("", .end))
        stream.close()
    }

    @Test func `a directory of too many entries is refused, and one that becomes so ends`() throws {
        let client = TestClient(limits: GatewayLimits(watchedEntries: 2))
        for name in ["a", "b"] {
            #expect(client.send("POST", "/t/made", body: #"{"name":"\#(name)"}"#).status == 201)
        }
        let stream = try #require(client.get("/t/made?watch").stream)
        #expect(client.send("POST", "/t/made", body: #"{"name":"c"}"#).status == 201)
        let (text, step) = read(stream)
        #expect(step == .end)
        let problem = #"{"type":"about:blank","title":"Content Too Large","status":413,"#
        #expect(text.hasPrefix("event: problem\ndata: " + problem))
        #expect(text.hasSuffix(#""errno":"EFBIG","path":"/t/made"}"# + "\n\n"))
        stream.close()
        let refused = client.get("/t/made?watch")
        #expect(refused.status == 413)
        #expect(refused.errno == "EFBIG")
        #expect(client.gateway.statistics.watchesRefused == 1)
        #expect(client.gateway.statistics.streamsOpen == 0)
        #expect(client.namespace.watchers.count == 0)
    }

    @Test func `a thousand who watch one value share one look`() throws {
        let streams = try (0..<1000).map { _ in try #require(client.get("/t/number?watch").stream) }
        let calls = Locked(0)
        for stream in streams {
            stream.onReadable { calls.withLock { $0 += 1 } }
            #expect(read(stream) == ("", .wouldBlock))
        }
        #expect(client.namespace.watchers.count == 1)
        #expect(client.send("PUT", "/t/number", body: "43").status == 200)
        #expect(calls.withLock { $0 } == 1000)
        for stream in streams { #expect(read(stream).text == Self.event("43")) }
        for stream in streams { stream.close() }
        #expect(client.namespace.watchers.count == 0)
        client.namespace.watchers.checkInvariants()
    }
}
