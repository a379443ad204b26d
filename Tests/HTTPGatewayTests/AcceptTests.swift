internal import Testing

@Suite struct AcceptTests {
    static let json = "application/json"
    static let text = "text/plain; charset=utf-8"
    static let html = "text/html; charset=utf-8"
    static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

    @Test(arguments: [
        ("", json), ("*/*", json), (" */* ", json), ("application/json", json), ("APPLICATION/JSON", json),
        ("application/*", json), ("text/plain", text), ("text/*", text), ("text/html", html), (browser, html),
        ("text/plain;q=0.5, application/json;q=0.4", text), ("text/plain;q=0.4, application/json;q=0.5", json),
        ("text/plain, */*", text), ("application/json, text/plain, */*", json), ("*/*;q=0.1, text/html;q=0.2", html),
        ("application/json;q=0, */*", text), ("text/plain;charset=utf-8", text), ("text/plain;q=1.000", text),
        ("text/plain; q=0.001, image/png", text), ("nonsense, text/plain", text), (",,text/plain,,", text),
        ("text/plain;q=7, application/json", json), ("application/json;q=0.9999, text/plain;q=0.1", text),
    ])
    func `the most welcome form is given`(accept: String, expected: String) {
        let answer = TestClient().get("/t/number", accept.isEmpty ? [] : [("Accept", accept)])
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == expected)
        #expect(answer["Vary"] == "Accept")
    }

    @Test(arguments: ["image/png", "application/json;q=0", "*/*;q=0", "nonsense", ";q=1", "application/x-ndjson"])
    func `where nothing is acceptable the answer is 406`(accept: String) {
        let answer = TestClient().get("/t/number", [("Accept", accept)])
        #expect(answer.status == 406)
        #expect(answer.errno == "EINVAL")
    }

    @Test(arguments: [
        ("/t/number?format=text", text), ("/t/number?format=raw", text), ("/t/number?raw", text),
        ("/t/number?format=html", html), ("/t/number?format=json", json), ("/t/values?format=text", text),
        ("/t/values?recursive", "application/x-ndjson"), ("/t/values?recursive&format=text", text),
        ("/t/values?recursive&raw", text), ("/t/streams/pipe?timeout=0&raw", text),
    ])
    func `a form that is named wins over Accept`(target: String, expected: String) {
        let answer = TestClient().get(target, [("Accept", target.contains("recursive") ? "*/*" : "image/png")])
        #expect(answer["Content-Type"] == expected)
    }

    static let prometheus = "text/plain; version=0.0.4; charset=utf-8"
    static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    /// What Prometheus 2.42 sends.
    static let scraper =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

    @Test(arguments: [
        ("", prometheus), ("*/*", prometheus), (scraper, openMetrics), (browser, prometheus),
        ("text/plain", prometheus), ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", prometheus), ("text/*", prometheus),
        ("application/openmetrics-text", openMetrics), ("application/*", openMetrics),
        ("application/json, */*", prometheus), ("application/openmetrics-text;q=0.4, text/plain;q=0.5", prometheus),
    ])
    func `metrics are given in the format that the scraper likes best`(accept: String, expected: String) {
        let answer = TestClient().get("/t/metrics", accept.isEmpty ? [] : [("Accept", accept)])
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == expected)
        #expect(answer["Vary"] == "Accept" && answer["X-Content-Type-Options"] == "nosniff")
    }

    @Test(arguments: ["application/json", "text/html", "image/png", "application/openmetrics-text;q=0"])
    func `who takes neither format gets 406`(accept: String) {
        let answer = TestClient().get("/t/metrics", [("Accept", accept)])
        #expect(answer.status == 406 && answer.errno == "EINVAL")
    }

    @Test(arguments: [
        ("?raw", prometheus), ("?format=prometheus", prometheus), ("?format=raw", prometheus),
        ("?format=openmetrics", openMetrics), ("?raw&format=prometheus", prometheus),
    ])
    func `a format of metrics that is named wins over Accept`(query: String, expected: String) {
        let answer = TestClient().get("/t/metrics" + query, [("Accept", "image/png")])
        #expect(answer["Content-Type"] == expected)
        #expect(TestClient().get("/t/metrics?format=text").status == 400)
        #expect(TestClient().get("/t/metrics?raw&format=openmetrics").status == 400)
    }

    @Test func `who takes only text gets a refusal as a line`() {
        let client = TestClient()
        #expect(client.get("/t/no", [("Accept", "text/plain")]).body == "ENOENT: there is no /t/no\n")
        #expect(client.get("/t/a%0Ab", [("Accept", "text/plain")]).body == "ENOENT: there is no /t/a?b\n")
        #expect(client.get("/t/no", [("Accept", "text/plain, */*")]).errno == "ENOENT")
        #expect(client.get("/t/no", [("Accept", Self.browser)]).errno == "ENOENT")
        #expect(client.get("/t/no", [("Accept", "image/png")]).errno == "ENOENT")
    }
}
