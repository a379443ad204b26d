internal import Locking
internal import Bytes
internal import HTTPGateway
internal import Synchronization
internal import Testing

@Suite struct WriteTests {
    @Test func `PUT writes raw bytes and answers with the new state`() throws {
        let client = TestClient()
        let answer = client.send(
            "PUT", "/t/number", [("Content-Type", "application/x-www-form-urlencoded")], body: "7\n")
        #expect(answer.status == 200)
        #expect(answer.body == #"{"path":"/t/number","type":"file","mode":"0640","value":7}"# + "\n")
        #expect(answer["ETag"] == client.get("/t/number")["ETag"])
        #expect(client.model.written == ["7\n"])
        #expect(client.send("POST", "/t/number", [("Accept", "text/plain")], body: "8").body == "8\n")
        #expect(client.model.written.last == "+8")
    }

    @Test(arguments: [
        (#"{"value":7}"#, "7"), (#"{"value":true}"#, "1"), (#"{"value":false}"#, "0"), (#"{"value":"a\nb"}"#, "a\nb"),
        (#"{"value":[1,"two",true]}"#, "1\ntwo\n1\n"), (#"{"value":[]}"#, ""),
        (#" {"value":18446744073709551615} "#, "18446744073709551615"),
    ])
    func `JSON is written as echo would write it`(body: String, expected: String) {
        let client = TestClient()
        let answer = client.send(
            "PUT", "/t/streams/sink", [("Content-Type", "application/json; charset=utf-8")], body: body)
        #expect(answer.body == "{\"path\":\"/t/streams/sink\",\"written\":\(expected.utf8.count)}\n")
        #expect(client.model.written == [expected])
    }

    @Test(arguments: [
        "", "{", "7", "[]", "null", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":[[]]}"#, "{}",
        #"{"value":1,"other":2}"#,
        #"{"value":1}x"#, #"{"value":1,"value":2}"#,
    ])
    func `JSON that is none, or says more, is refused and nothing is written`(body: String) {
        let client = TestClient()
        let answer = client.send("PUT", "/t/number", [("Content-Type", "application/json")], body: body)
        #expect(answer.status == 400 && answer.errno == "EINVAL")
        #expect(client.model.written.isEmpty)
    }

    @Test func `a file that only takes writes says how much it took`() {
        let client = TestClient()
        #expect(
            client.send("POST", "/t/streams/sink", body: "abc").body == #"{"path":"/t/streams/sink","written":3}"#
                + "\n")
        #expect(client.send("POST", "/t/streams/sink", [("Accept", "text/plain")], body: "abc").body == "3\n")
        #expect(client.send("PUT", "/t/streams/sink").body == #"{"path":"/t/streams/sink","written":0}"# + "\n")
        #expect(client.model.written == ["+abc", "+abc", ""])
    }

    @Test func `a write that answers nothing the client takes is not done`() {
        let client = TestClient()
        #expect(client.send("PUT", "/t/number", [("Accept", "image/png")], body: "9").status == 406)
        #expect(client.model.written.isEmpty)
    }

    @Test func `a precondition holds or nothing is written`() throws {
        let client = TestClient()
        let tag = try #require(client.get("/t/number?raw")["ETag"])
        #expect(client.send("PUT", "/t/number", [("If-Match", tag)], body: "1").status == 200)
        let late = client.send("PUT", "/t/number", [("If-Match", tag)], body: "2")
        #expect(late.status == 412)
        #expect(late.member("title") == .string("Precondition Failed"))
        #expect(client.send("PUT", "/t/number", [("If-Match", "*")], body: "3").status == 200)
        let now = try #require(client.get("/t/number")["ETag"])
        #expect(client.send("PUT", "/t/number", [("If-Match", "W/" + now)], body: "4").status == 412)
        #expect(client.send("PUT", "/t/number", [("If-Match", "\"x\", \(now)")], body: "5").status == 200)
        #expect(client.send("PUT", "/t/number", [("If-None-Match", "*")], body: "6").status == 412)
        #expect(client.send("PUT", "/t/number", [("If-None-Match", now)], body: "6").status == 400)
        #expect(client.send("PUT", "/t/number", [("If-Match", "nonsense")], body: "6").status == 400)
        #expect(client.send("PUT", "/t/streams/sink", [("If-Match", now)], body: "6").status == 412)
        #expect(client.send("PUT", "/t/streams/sink", [("If-Match", "*")], body: "6").status == 200)
        #expect(client.model.written == ["1", "3", "5", "6"])
    }

    @Test func `of writers that raced from one state one wins`() async throws {
        let client = TestClient()
        for _ in 0..<20 {
            let tag = try #require(client.get("/t/number")["ETag"])
            let present = client.model.state.withLock { $0.number }
            let wins = await withTaskGroup(of: Int.self) { group in
                for writer in 1...4 {
                    group.addTask {
                        client.send("PUT", "/t/number", [("If-Match", tag)], body: "\(present + UInt64(writer))").status
                            == 200 ? 1 : 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(wins == 1)
        }
    }

    @Test func `what is not there, or is no file, is not written`() {
        let client = TestClient()
        let missing = client.send("PUT", "/t/missing", body: "x")
        #expect(missing.status == 404 && missing.errno == "ENOENT")
        #expect(client.send("POST", "/t/made/missing", body: "x").status == 404)
        let directory = client.send("PUT", "/t/made", body: "x")
        #expect(directory.status == 405 && directory["Allow"] == "GET, HEAD, POST, OPTIONS")
        #expect(client.send("PUT", "/t/values/integer", body: "x").status == 405)
        #expect(client.send("POST", "/t/values/flag", body: "x").status == 405)
    }

    @Test func `the task is what the client says, or the peer, or its program`() {
        var client = TestClient()
        _ = client.send("PUT", "/t/number", [("Jitfs-Task", "my-task-42")], body: "1")
        _ = client.send("PUT", "/t/number", [("User-Agent", "a-very-long-program/1.0 (x)")], body: "1")
        client.peer = Peer(transport: .unix(pid: 77, comm: "shop"), connection: 9)
        _ = client.send("PUT", "/t/number", body: "1")
        #expect(client.model.state.withLock { $0.callers } == ["my-task-42", "a-very-long-pro-2", "shop-77"])
        for bad in ["", "x", "-1", "x-", "x-y", "sixteen-bytes-xx-1", "x-99999999999", "x-2147483648"] {
            #expect(client.send("PUT", "/t/number", [("Jitfs-Task", bad)], body: "1").status == 400)
        }
    }
}
