internal import Bytes
internal import PseudoFS
internal import Testing

@Suite struct EntryTests {
    @Test func `POST on a directory makes an entry and says where`() {
        let client = TestClient()
        let answer = client.send("POST", "/t/made/", body: #"{"name":"x","size":3}"#)
        #expect(answer.status == 201)
        #expect(answer["Location"] == "/t/made/x")
        #expect(answer.body == #"{"path":"/t/made/x","type":"directory","mode":"0755"}"# + "\n")
        #expect(client.get("/t/made/x/number").status == 200)
        let again = client.send("POST", "/t/made", body: #"{"name":"x"}"#)
        #expect(again.status == 409 && again.errno == "EEXIST")
    }

    @Test func `a hostile name is encoded in Location and escaped in JSON`() {
        let client = TestClient()
        let answer = client.send("POST", "/t/made", body: #"{"name":"a b\"<\u00e9?#%"}"#)
        #expect(answer.status == 201)
        #expect(answer["Location"] == "/t/made/a%20b%22%3C%C3%A9%3F%23%25")
        #expect(answer.member("path") == .string("/t/made/a b\"<é?#%"))
        #expect(client.get(answer["Location"] ?? "").status == 200)
        #expect(client.send("DELETE", answer["Location"] ?? "").status == 204)
    }

    @Test(arguments: [
        "", "x", "[]", "{}", #"{"name":1}"#, #"{"name":""}"#, #"{"name":"."}"#, #"{"name":".."}"#, #"{"name":"a/b"}"#,
        #"{"name":"a\u0000"}"#, #"{"name":"x","colour":1}"#, #"{"name":"x","name":"y"}"#, #"{"size":1}"#,
    ])
    func `a body that is no such object is refused`(body: String) {
        let answer = TestClient().send("POST", "/t/made", body: body)
        #expect(answer.status == 400 && answer.errno == "EINVAL")
    }

    @Test func `a name over 255 bytes is ENAMETOOLONG`() {
        let name = String(repeating: "x", count: 256)
        let answer = TestClient().send("POST", "/t/made", body: "{\"name\":\"\(name)\"}")
        #expect(answer.status == 400 && answer.errno == "ENAMETOOLONG")
    }

    @Test func `DELETE removes, and busy is 409`() {
        let client = TestClient()
        _ = client.send("POST", "/t/made", body: #"{"name":"x"}"#)
        _ = client.send("POST", "/t/made", body: #"{"name":"busy"}"#)
        _ = client.get("/t/made/x/number")
        let gone = client.send("DELETE", "/t/made/x")
        #expect(gone.status == 204 && gone.body.isEmpty)
        #expect(client.get("/t/made/x/number").status == 404)
        #expect(client.send("DELETE", "/t/made/x").status == 404)
        let busy = client.send("DELETE", "/t/made/busy")
        #expect(busy.status == 409 && busy.errno == "EBUSY")
        client.namespace.checkInvariants()
    }

    @Test func `what the directory or file lacks is 405 with Allow`() {
        let client = TestClient()
        for (method, target) in [
            ("DELETE", "/t/number"), ("POST", "/t/values"), ("DELETE", "/"), ("PATCH", "/t/number"),
            ("get", "/t/number"),
        ] {
            let answer = client.send(method, target)
            #expect(answer.status == 405 && answer.errno == "EOPNOTSUPP")
            #expect(answer["Allow"] == client.send("OPTIONS", target)["Allow"])
        }
    }

    @Test(arguments: [
        ("/t/number", "GET, HEAD, PUT, POST, OPTIONS"), ("/t/values/flag", "GET, HEAD, PUT, OPTIONS"),
        ("/t/values/integer", "GET, HEAD, OPTIONS"), ("/t/streams/sink", "PUT, POST, OPTIONS"),
        ("/t/made", "GET, HEAD, POST, OPTIONS"), ("/t/values", "GET, HEAD, OPTIONS"),
        ("*", "GET, HEAD, PUT, POST, DELETE, OPTIONS"),
    ])
    func `OPTIONS tells the truth`(target: String, allow: String) {
        let answer = TestClient().send("OPTIONS", target)
        #expect(answer.status == 204 && answer["Allow"] == allow && answer.body.isEmpty)
    }

    @Test func `when the cache is full of pinned nodes, removal works and creation does not`() throws {
        let client = TestClient(nodes: NodeLimits(nodeCountMax: 4, reserveCountMax: 16))
        _ = client.send("POST", "/t/made", body: #"{"name":"x"}"#)
        var pins: [NodePin] = []
        for name in ["/t", "/t/values", "/t/made", "/t/number", "/t/open", "/t/values/flag", "/t/values/text"] {
            if let walk = try? client.namespace.walk(name.utf8Span.span, caller: Caller()) {
                pins.append(client.namespace.pin(walk.node))
            }
        }
        let full = client.get("/t/streams/short")
        #expect(full.status == 507 && full.errno == "ENOMEM")
        #expect(client.send("PUT", "/t/streams/sink", body: "x").status == 507)
        #expect(client.send("DELETE", "/t/made/x").status == 204)
        withExtendedLifetime(pins) {}
    }
}
