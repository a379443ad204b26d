internal import HTTPGateway
internal import PseudoFS
internal import Testing

@Suite struct CredentialsTests {
    static func client() throws -> TestClient {
        let text = """
            # who may do what
            read  \(SHA256.hexadecimal("reader"))
            write \(SHA256.hexadecimal("writer"))\t# comment
            admin \(SHA256.hexadecimal("boss"))

            write \(SHA256.hexadecimal("local")) /t/made/
            read  \(SHA256.hexadecimal("local")) /t/values
            """
        return TestClient(credentials: try Credentials(parsing: text.utf8Span.span, digest: { SHA256.of($0) }))
    }

    static func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer " + token)] }

    @Test func `the digest of the tests is SHA-256`() {
        #expect(SHA256.hexadecimal("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.hexadecimal("").hasPrefix("e3b0c44298fc1c14"))
    }

    @Test func `without a token everything is 401, there or not, but what is for all`() throws {
        let client = try Self.client()
        for headers in [[], Self.bearer("nobody"), [("Authorization", "Basic reader")], [("Authorization", "Bearer ")]]
        {
            for target in ["/t/number", "/t/missing", "/t/number/", "/", "/missing"] {
                let answer = client.get(target, headers)
                #expect(answer.status == 401 && answer.errno == "EACCES" && answer["WWW-Authenticate"] == "Bearer")
            }
            #expect(client.send("PUT", "/t/number", headers, body: "1").status == 401)
            #expect(client.send("OPTIONS", "/t/number", headers).status == 401)
            #expect(client.get("/t/open", headers).status == 200)
        }
        #expect(client.model.written.isEmpty)
        #expect(client.gateway.statistics.tokensRefused > 0)
    }

    @Test func `a role may what it may`() throws {
        let client = try Self.client()
        #expect(client.get("/t/number", Self.bearer("reader")).status == 200)
        #expect(client.get("/t/missing", Self.bearer("reader")).status == 404)
        let refused = client.send("PUT", "/t/number", Self.bearer("reader"), body: "1")
        #expect(refused.status == 403 && refused.errno == "EACCES" && refused["WWW-Authenticate"] == nil)
        #expect(client.send("PUT", "/t/number", Self.bearer("writer"), body: "1").status == 200)
        #expect(client.get("/t/streams/pipe?timeout=0", Self.bearer("reader")).status == 403)
        #expect(client.get("/t/streams/pipe?timeout=0", Self.bearer("writer")).status == 204)
        #expect(client.get("/t/values/secret", Self.bearer("writer")).status == 403)
        #expect(client.get("/t/values/secret", [("authorization", "bearer boss")]).status == 200)
        #expect(client.get("/t/number", Self.bearer("reader") + [("authorization", "Bearer boss")]).status == 400)
    }

    @Test func `a path bounds a token, at names and not within them`() throws {
        let client = try Self.client()
        let local = Self.bearer("local")
        #expect(client.get("/t/values", local).status == 200)
        #expect(client.get("/t/values/text", local).status == 200)
        #expect(client.send("PUT", "/t/values/flag", local, body: "1").status == 403)
        #expect(client.send("POST", "/t/made", local, body: #"{"name":"x"}"#).status == 201)
        #expect(client.get("/t/number", local).status == 403)
        #expect(client.get("/t/valuesx", local).status == 403)
        #expect(client.get("/t", local).status == 403)
    }

    @Test func `a page shows only the values that its reader may see`() throws {
        let client = try Self.client()
        #expect(!client.get("/t/values?format=html", Self.bearer("reader")).body.contains("xyzzy"))
        #expect(client.get("/t/values?format=html", Self.bearer("boss")).body.contains("xyzzy"))
    }

    @Test(arguments: [
        ("read", 1), ("\nroot " + String(repeating: "0", count: 64), 2), ("read 00", 1),
        ("read " + String(repeating: "g", count: 64), 1),
        ("# fine\n\nread " + String(repeating: "0", count: 64) + " relative", 3),
        ("read " + String(repeating: "0", count: 64) + " /a b", 1),
        ("read " + String(repeating: "0", count: 63) + "é", 1),
    ])
    func `a line that is wrong is named`(text: String, line: Int) {
        do throws(Failure) {
            _ = try Credentials(parsing: text.utf8Span.span, digest: { SHA256.of($0) })
            Issue.record("it was taken")
        } catch {
            #expect(error.line == line && error.reason.contains("line \(line)"))
        }
    }
}
