internal import Bytes
internal import Testing

@Suite struct PageTests {
    @Test func `a directory is a page of links without a script`() {
        let answer = TestClient().get("/t/values", [("Accept", AcceptTests.browser)])
        #expect(answer["Content-Type"] == "text/html; charset=utf-8")
        #expect(answer.body.contains(#"<a href="./values/flag">flag</a><td>0644<td>1<td>"#))
        #expect(answer.body.contains(#"<a href="./">t</a>"#))
        #expect(answer.body.contains(#"href="../""#) == false || answer.body.contains(#"<a href="../">/</a>"#))
        #expect(!answer.body.contains("<script"))
        #expect(TestClient().get("/t/values/?format=html").body.contains(#"<a href="./flag">"#))
        #expect(TestClient().get("/?format=html").body.contains(#"<a href="./t/">t/</a>"#))
    }

    @Test func `the policy lets only the style through, by its hash`() throws {
        let answer = TestClient().get("/t/values?format=html")
        let policy = try #require(answer["Content-Security-Policy"])
        let start = try #require(answer.body.firstRange(of: "<style>")?.upperBound)
        let end = try #require(answer.body.firstRange(of: "</style>")?.lowerBound)
        let hash = SHA256.base64(SHA256.of(String(answer.body[start..<end]).utf8Span.span))
        #expect(policy.contains("style-src 'sha256-\(hash)'"))
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
    }

    @Test func `hostile names are text, and links are encoded`() {
        let client = TestClient()
        let page = client.get("/t/hostile?format=html").body
        #expect(page.contains("&lt;script&gt;&amp;&quot;&#39;é%:?#"))
        #expect(page.contains(#"href="./hostile/%3Cscript%3E%26%22%27%C3%A9%25%3A%3F%23""#))
        #expect(!page.contains("<script>"))
        let below = client.get("/t/hostile/sub%20%3Cscript%3E%26%22%27%C3%A9%25%3A%3F%23/?format=html").body
        #expect(!below.contains("<script>") && below.contains("<a href=\"../../../\">/</a>"))
        #expect(client.get("/t/hostile").member("entries") != nil)
    }

    @Test func `an attribute's page shows its value, its text, and what a write takes`() {
        let page = TestClient().get("/t/values/text?format=html")
        #expect(page["ETag"]?.hasPrefix("\"h") == true)
        #expect(page.body.contains("a&quot;b\\c\n&lt;&amp;&gt;"))
        #expect(page.body.contains("A constant with &lt;angles&gt; &amp; &quot;quotes&quot;."))
        #expect(page.body.contains("It cannot be written."))
        #expect(TestClient().get("/t/number?format=html").body.contains("PUT takes a number"))
    }

    @Test func `a row says what its entry is, and leads to text where there is no page`() {
        let page = TestClient().get("/t?format=html").body
        #expect(page.contains("<th>what it is</tr>"))
        let streams = TestClient().get("/t/streams?format=html").body
        #expect(streams.contains(#"<a href="./streams/pipe?format=text">pipe</a>"#))
        #expect(streams.contains("<tr><td>sink<td>") && !streams.contains("streams/sink"))
    }

    @Test func `a page of a long directory leads on to the next`() {
        let page = TestClient().get("/t/many?format=html&limit=2")
        #expect(page.body.contains(#"after=entry-10001"#))
    }
}
