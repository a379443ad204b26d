internal import Bytes
internal import HTTPGateway
internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import Testing

/// Many requests in one.
@Suite struct BatchTests {
    let client = TestClient()
    private let path = "/t/batch"

    private func lines(_ text: String, _ query: String = "", _ headers: [(String, String)] = []) -> [String] {
        let answer = client.send("POST", path + query, headers, body: text)
        #expect(answer.status == 200 && answer["Content-Type"] == "application/x-ndjson", "\(answer.body)")
        return answer.body.split(separator: "\n").map(String.init)
    }

    private func request(_ method: String, _ path: String, _ body: String? = nil) -> String {
        #"{"method":"\#(method)","path":"\#(path)""# + (body.map { #","body":\#($0)"# } ?? "") + "}\n"
    }

    @Test func `requests are answered in order, each by a line`() {
        let answers = lines(
            request("PUT", "/t/number", "\"7\\n\"") + "\n" + request("GET", "/t/number")
                + request("POST", "/t/number", "8") + request("GET", "/t/number?raw")
                + request("POST", "/t/made", #"{"name":"x"}"#) + request("DELETE", "/t/made/x")
                + request("GET", "/t/made/x"))
        #expect(
            answers == [
                #"{"status":200,"body":{"path":"/t/number","type":"file","mode":"0640","value":7}}"#,
                #"{"status":200,"body":{"path":"/t/number","type":"file","mode":"0640","value":7}}"#,
                #"{"status":200,"body":{"path":"/t/number","type":"file","mode":"0640","value":8}}"#,
                #"{"status":200,"body":"8\n"}"#,
                #"{"status":201,"location":"/t/made/x","body":{"path":"/t/made/x","type":"directory","mode":"0755"}}"#,
                #"{"status":204}"#,
                #"{"status":404,"problem":{"type":"about:blank","title":"Not Found","status":404,"#
                    + #""detail":"there is no /t/made/x","errno":"ENOENT","path":"/t/made/x"}}"#,
            ])
        #expect(client.model.written == ["7\n", "+8"])
    }

    @Test func `what is refused does not keep the others from being done, unless it is to`() {
        let text =
            request("PUT", "/t/number", "1") + request("PUT", "/t/number", "\"x\"") + request("PUT", "/t/number", "2")
        #expect(lines(text).count == 3)
        #expect(client.model.written == ["1", "2"])
        let answers = lines(text, "?stop_on_error")
        #expect(answers.count == 2 && answers[1].hasPrefix(#"{"status":400,"problem":"#))
        #expect(client.model.written == ["1", "2", "1"])
    }

    @Test(arguments: [
        "{", "7", "[]", #"{"method":"GET"}"#, #"{"path":"/t"}"#, #"{"method":"PATCH","path":"/t"}"#,
        #"{"method":"get","path":"/t"}"#, #"{"method":"OPTIONS","path":"/t"}"#, #"{"method":7,"path":"/t"}"#,
        #"{"method":"GET","path":["/t"]}"#, #"{"method":"GET","path":"/t","body":""}"#,
        #"{"method":"DELETE","path":"/t/made/x","body":"1"}"#, #"{"method":"GET","path":"/t","headers":{}}"#,
        #"{"method":"GET","path":"/t"} x"#, "\u{0}",
    ])
    func `a line that is no request is told, and nothing is done`(_ line: String) {
        let answer = client.send("POST", path, body: request("PUT", "/t/number", "1") + "\n" + line + "\n")
        #expect(answer.status == 400 && answer.errno == "EINVAL")
        #expect(answer.body.contains(#""line":3,"written":0"#), "\(answer.body)")
        #expect(client.model.written.isEmpty)
    }

    @Test func `streams, batches, watches, bytes and what is too long are refused in their lines`() {
        client.model.pipe.put("x\n")
        let refused = [
            "/t/streams/pipe", "/t/streams/pipe?timeout=0", "/t/values/flag?watch", "/t/values/blob?raw",
            "/t/number?pretty",
        ]
        for path in refused {
            let answer = lines(request("GET", path))
            #expect(answer.count == 1 && answer[0].hasPrefix(#"{"status":400,"problem":"#), "\(path): \(answer)")
        }
        #expect(client.model.state.withLock { $0.opens } == 0)
        #expect(lines(request("POST", path, "\"\""))[0].hasPrefix(#"{"status":400,"#))
        #expect(lines(request("GET", "/t/streams/long"))[0].hasPrefix(#"{"status":413,"problem":"#))
        #expect(client.gateway.statistics.streamsOpen == 0)
        #expect(lines(request("GET", "/t/values/blob"))[0].contains(#""length":5"#))
        #expect(lines(request("GET", "/t/streams/short"))[0] == #"{"status":200,"body":[0,1,2]}"#)
    }

    @Test func `each request is judged by its own path, with the token of all`() throws {
        let text = "write \(SHA256.hexadecimal("writer")) /t/made\nread \(SHA256.hexadecimal("reader"))\n"
        let client = TestClient(credentials: try Credentials(parsing: text.utf8Span.span, digest: { SHA256.of($0) }))
        let body = request("GET", "/t/number") + request("POST", "/t/made", #"{"name":"x"}"#)
        func statuses(_ token: String) -> [Substring] {
            client.send("POST", path, [("Authorization", "Bearer \(token)")], body: body).body.split(separator: "\n")
                .map { $0.prefix(13) }
        }
        #expect(statuses("writer") == [#"{"status":403"#, #"{"status":201"#])
        #expect(statuses("reader") == [#"{"status":200"#, #"{"status":403"#])
        #expect(client.send("POST", path, body: body).status == 401)
    }

    @Test func `the task of the batch is that of each request`() {
        _ = lines(request("PUT", "/t/streams/sink", "\"x\""), "", [("Jitfs-Task", "till-7")])
        #expect(client.model.state.withLock { $0.callers } == ["till-7"])
    }

    @Test func `more requests than the limit are refused whole, and counted`() {
        let client = TestClient(limits: GatewayLimits(batchRequests: 2))
        let two = request("PUT", "/t/number", "1") + request("PUT", "/t/number", "2")
        #expect(client.send("POST", path, body: two).status == 200)
        let answer = client.send("POST", path, body: two + "\n" + request("GET", "/t"))
        #expect(answer.status == 400 && answer.errno == "E2BIG" && answer.body.contains(#""line":4"#))
        #expect(client.gateway.statistics.batchesRefused == 1)
        #expect(client.model.written == ["1", "2"])
    }

    @Test func `once the answers are too long the rest is left out, and said to be`() {
        let client = TestClient(limits: GatewayLimits(bodyBytes: 4096))
        let text = String(repeating: request("GET", "/t"), count: 60)
        let answers = client.send("POST", path, body: text).body.split(separator: "\n")
        #expect(answers.count > 2 && answers.count < 60)
        #expect(answers.last?.hasPrefix(#"{"status":413,"problem":"#) == true)
        #expect(answers.dropLast().allSatisfy { $0.hasPrefix(#"{"status":200,"#) })
    }

    @Test func `any bytes are answered as a batch, and what is refused whole has done nothing`() {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", "[", "\"", ":", ",", "\\", "\n", " ", "\"method\":", "\"GET\"", "\"PUT\"", "\"path\":",
            "\"/t/number\"",
            "\"body\":", "7", "\"7\"", "null", "true", "\u{0}", "é",
            "{\"method\":\"PUT\",\"path\":\"/t/number\",\"body\":7}\n",
            "{\"method\":\"GET\",\"path\":\"/t/%zz?raw\"}\n",
        ]
        for round in 0..<2000 {
            let before = client.model.written.count
            let text = (0..<(generator.next() % 12)).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }
                .joined()
            let answer = client.send("POST", path, body: text)
            #expect(answer.status == 200 || answer.status == 400, "SEED=\(seed), round \(round): \(text)")
            if answer.status == 400 { #expect(client.model.written.count == before, "SEED=\(seed): \(text)") }
            for line in answer.body.split(separator: "\n") {
                #expect(throws: Never.self, "SEED=\(seed): \(line)") {
                    try JSONReader.document(Array(line.utf8).span)
                }
            }
        }
    }

    @Test func `a batch takes one parameter, no precondition, and any name for its lines`() {
        for type in ["application/x-ndjson", "application/x-www-form-urlencoded", "application/json"] {
            #expect(client.send("POST", path, [("Content-Type", type)], body: "").status == 200)
        }
        #expect(client.send("POST", path + "?x", body: "").status == 400)
        #expect(client.send("POST", path, [("If-Match", "\"x\"")], body: "").status == 412)
        #expect(client.send("POST", path, [("Accept", "text/plain")], body: "").status == 406)
        #expect(client.send("POST", path, [("Content-Range", "bytes 0-3/4")], body: "").status == 400)
        #expect(client.send("OPTIONS", path)["Allow"] == "POST, OPTIONS")
        for method in ["GET", "HEAD", "PUT", "DELETE"] { #expect(client.send(method, path).status != 200) }
    }
}
