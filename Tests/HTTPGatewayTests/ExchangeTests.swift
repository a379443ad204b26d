internal import HTTPGateway
internal import Testing

/// A file that answers a document with another; here both are YAML.
@Suite struct ExchangeTests {
    let client = TestClient()
    private let path = "/t/values/exchange"
    private let yaml = [("Content-Type", "Application/YAML; charset=utf-8")]

    @Test func `a document is answered with a document of the same kind`() {
        let answer = client.send("POST", path, yaml, body: "a: 1")
        #expect(answer.status == 200)
        #expect(answer.body == "answer: a: 1")
        #expect(answer["Content-Type"] == "application/yaml")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(answer["ETag"] == nil)
    }

    @Test(arguments: [nil, "application/json", "application/x-www-form-urlencoded", "application/yaml2", ""])
    func `a document of another type is refused`(_ type: String?) {
        let answer = client.send("POST", path, type.map { [("Content-Type", $0)] } ?? [], body: "a: 1")
        #expect(answer.status == 400)
        #expect(answer.body.contains("the Content-Type is application/yaml and no other"))
    }

    @Test func `who takes no such answer is refused before anything happens`() {
        let answer = client.send("POST", path, yaml + [("Accept", "application/json")], body: "a: 1")
        #expect(answer.status == 406)
        #expect(client.send("POST", path, yaml + [("Accept", "application/*")], body: "a: 1").status == 200)
    }

    @Test func `a refused document is a problem`() {
        let answer = client.send("POST", path, yaml, body: "")
        #expect(answer.status == 400)
        #expect(answer["Content-Type"] == "application/problem+json")
    }

    @Test func `it can do nothing else, and takes no parameters and no preconditions`() {
        #expect(client.send("OPTIONS", path)["Allow"] == "POST, OPTIONS")
        for method in ["GET", "HEAD", "PUT", "DELETE"] { #expect(client.send(method, path).status != 200) }
        for query in ["?raw", "?format=yaml", "?pretty", "?x"] {
            #expect(client.send("POST", path + query, yaml, body: "a: 1").status == 400)
        }
        #expect(client.send("POST", path, yaml + [("If-Match", "\"x\"")], body: "a: 1").status == 412)
        #expect(client.send("POST", path, yaml + [("Content-Range", "bytes 0-3/4")], body: "a: 1").status == 400)
    }
}
