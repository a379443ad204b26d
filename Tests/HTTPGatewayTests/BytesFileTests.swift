internal import HTTPGateway
internal import Testing

@Suite struct BytesFileTests {
    let client = TestClient()
    private let json = [("Accept", "application/json")]

    @Test(arguments: ["*/*", "application/octet-stream", "text/html,application/xhtml+xml,*/*;q=0.8"])
    func `bytes come as they are`(_ accept: String) {
        let answer = client.send("GET", "/t/values/blob", [("Accept", accept)])
        #expect(answer.status == 200)
        #expect(answer.body == "hello")
        #expect(answer["Content-Type"] == "application/octet-stream")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(answer["ETag"] == nil)
        #expect(client.send("GET", "/t/values/blob?raw").body == "hello")
    }

    @Test func `as JSON it is said what is known about them`() {
        let known = #"{"path":"/t/values/blob","type":"file","mode":"0644","length":5}"# + "\n"
        #expect(client.send("GET", "/t/values/blob", json).body == known)
        #expect(client.send("GET", "/t/values/blob?format=json").body == known)
        #expect(client.send("GET", "/t/values/blob?format=json&int64=string").body.contains(#""length":"5""#))
        #expect(client.send("GET", "/t/values/blob?pretty").body.contains("\n  \"length\": 5\n"))
    }

    @Test(arguments: ["?pretty&format=bytes", "?pretty&raw", "?format=text", "?int64=string&format=raw"])
    func `bytes have no other form`(_ query: String) {
        #expect(client.send("GET", "/t/values/blob" + query).status == 400)
    }

    @Test func `a write is answered with nothing, whatever the client would take`() {
        for accept in ["*/*", "text/html", "image/png"] {
            let answer = client.send("PUT", "/t/values/blob", [("Accept", accept)], body: "new")
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
        }
        #expect(client.send("GET", "/t/values/blob").body == "new")
    }

    @Test func `a refused write leaves the old bytes`() {
        let answer = client.send("PUT", "/t/values/blob", body: "much too long")
        #expect(answer.status == 400)
        #expect(answer.body.contains("at most 8 bytes"))
        #expect(client.send("GET", "/t/values/blob").body == "hello")
    }

    @Test func `removing takes the bytes away and leaves the file to be written again`() {
        #expect(client.send("DELETE", "/t/values/blob").status == 204)
        #expect(client.send("GET", "/t/values/blob").status == 404)
        #expect(client.send("DELETE", "/t/values/blob").status == 204)
        #expect(client.send("PUT", "/t/values/blob", body: "again").status == 204)
        #expect(client.send("GET", "/t/values/blob").body == "again")
    }

    @Test func `what it can do is said, and nothing is appended`() {
        #expect(client.send("OPTIONS", "/t/values/blob")["Allow"] == "GET, HEAD, PUT, DELETE, OPTIONS")
        #expect(client.send("POST", "/t/values/blob", body: "x").status == 405)
    }

    @Test func `there is no tag that could match`() {
        #expect(client.send("GET", "/t/values/blob", [("If-Match", "\"x\"")]).status == 412)
        #expect(client.send("PUT", "/t/values/blob", [("If-Match", "\"x\"")], body: "new").status == 412)
        #expect(client.send("DELETE", "/t/values/blob", [("If-Match", "\"x\"")]).status == 412)
        #expect(client.send("GET", "/t/values/blob").body == "hello")
    }
}
