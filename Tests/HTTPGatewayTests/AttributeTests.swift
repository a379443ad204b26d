internal import Testing

@Suite struct AttributeTests {
    @Test func `an attribute is one object with its path, type, mode and value`() {
        let client = TestClient()
        let answer = client.get("/t/number")
        #expect(answer.status == 200)
        #expect(answer.body == #"{"path":"/t/number","type":"file","mode":"0640","value":42}"# + "\n")
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer["Vary"] == "Accept")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
    }

    @Test(arguments: [
        ("null", "null", "\n"), ("integer", "-7", "-7\n"),
        ("unsigned", "18446744073709551615", "18446744073709551615\n"),
        ("text", #""a\"b\\c\n<&>""#, "a\"b\\c\n<&>\n"), ("list", #"[1,"two"]"#, "1\ntwo\n"),
        ("record", #"{"a":1,"b":false}"#, "a: 1\nb: 0\n"), ("flag", #"true,"soft":true"#, "1*\n"),
    ])
    func `every kind of value has its JSON and its text`(name: String, json: String, text: String) {
        let client = TestClient()
        #expect(client.get("/t/values/\(name)").body.contains("\"value\":\(json)}"))
        #expect(client.get("/t/values/\(name)?raw").body == text)
        #expect(client.get("/t/values/\(name)", [("Accept", "text/plain")]).body == text)
    }

    @Test func `64-bit numbers are quoted on request`() {
        let answer = TestClient().get("/t/values/unsigned?int64=string")
        #expect(answer.body.contains(#""value":"18446744073709551615""#))
    }

    @Test func `pretty indents by two spaces and ends with a newline`() {
        let answer = TestClient().get("/t/values/record?pretty")
        #expect(
            answer.body == """
                {
                  "path": "/t/values/record",
                  "type": "file",
                  "mode": "0444",
                  "value": {
                    "a": 1,
                    "b": false
                  }
                }

                """)
    }

    @Test func `HEAD answers as GET does`() {
        let client = TestClient()
        let get = client.get("/t/number")
        let head = client.send("HEAD", "/t/number")
        #expect(head.status == 200)
        #expect(head.body == get.body)
        #expect(head["ETag"] == get["ETag"])
    }

    @Test func `the tag is the same hash in each form with another letter`() throws {
        let client = TestClient()
        let json = try #require(client.get("/t/number")["ETag"])
        let text = try #require(client.get("/t/number?raw")["ETag"])
        let pretty = try #require(client.get("/t/number?pretty")["ETag"])
        let quoted = try #require(client.get("/t/number?int64=string")["ETag"])
        #expect(json.hasPrefix("\"j") && json.utf8.count == 19)
        #expect(text.hasPrefix("\"t") && pretty.hasPrefix("\"p") && quoted.hasPrefix("\"i"))
        #expect(Set([json, text, pretty, quoted].map { $0.dropFirst(2) }).count == 1)
    }

    @Test func `what the client has already is not sent again`() throws {
        let client = TestClient()
        let tag = try #require(client.get("/t/number")["ETag"])
        for header in [tag, "*", "W/" + tag, "\"other\", \(tag)"] {
            let answer = client.get("/t/number", [("If-None-Match", header)])
            #expect(answer.status == 304 && answer.body.isEmpty && answer["ETag"] == tag)
        }
        let text = "\"t" + tag.dropFirst(2)
        #expect(client.get("/t/number", [("If-None-Match", text)]).status == 200)
        #expect(client.get("/t/number", [("If-None-Match", "\"j0\"")]).status == 200)
        #expect(client.get("/t/number", [("If-None-Match", "nonsense")]).status == 400)
        #expect(client.get("/t/number", [("If-Match", "\"j0000000000000000\"")]).status == 412)
    }

    @Test func `a slash at the end of a file is ENOTDIR`() {
        let answer = TestClient().get("/t/number/")
        #expect(answer.status == 400 && answer.errno == "ENOTDIR")
    }
}
