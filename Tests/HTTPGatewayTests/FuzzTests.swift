internal import Bytes
internal import Glibc
internal import HTTPGateway
internal import JITFSTestSupport
internal import PseudoFS
internal import Testing

@Suite struct FuzzTests {
    static let pieces: [[String]] = [
        [
            "/t", "/number", "/values", "/made", "/streams/pipe", "/streams/short", "/streams/sink", "/flag", "/x",
            "//", "/.", "/..",
            "%2F", "%00", "%", "%zz", "é", "%C3%A9", "\u{1}", "/", "?", "#", "/many", "*", "http:", "/hostile",
        ],
        [
            "format", "raw", "pretty", "int64", "recursive", "limit", "after", "count", "timeout", "=", "=1", "=0",
            "=json", "=html",
            "=string", "&", "&&", "+", "%20", "%", "%ff", "=-1", "é", "=18446744073709551616",
        ],
        [
            "text/html", "application/json", "text/plain", "*/*", "text/*", ",", ";q=", "0.5", "1", "0", ";", "q=", " ",
            "\"", "/", "é", "application/x-ndjson",
        ],
        [
            "{", "}", "[", "]", "\"name\"", "\"value\"", ":", ",", "1", "-1e9", "true", "null", "\"\\u00", "\"x\"",
            "\"", "\\", "é", " ", "\u{0}", "\"\\ud800\"",
        ],
        ["\"j0123456789abcdef\"", "*", "W/", "\"", ",", " ", "x", "\"\""],
    ]

    static func text(_ kind: Int, _ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces[kind].randomElement(using: &generator) ?? "" }
            .joined()
    }

    @Test func `whatever comes, there is a status, and a problem is JSON`() throws {
        let seed =
            unsafe getenv("SEED").flatMap { UInt64(unsafe String(cString: $0)) } ?? UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let client = TestClient()
        let methods = ["GET", "GET", "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "BREW"]
        for _ in 0..<20_000 {
            let method = methods.randomElement(using: &generator) ?? "GET"
            var target = Self.text(0, &generator)
            if Bool.random(using: &generator) { target = "/t" + target + "?" + Self.text(1, &generator) }
            var headers: [(String, String)] = []
            if Bool.random(using: &generator) { headers.append(("Accept", Self.text(2, &generator))) }
            if Int.random(in: 0..<4, using: &generator) == 0 { headers.append(("If-Match", Self.text(4, &generator))) }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                headers.append(("If-None-Match", Self.text(4, &generator)))
            }
            if Bool.random(using: &generator) { headers.append(("Content-Type", "application/json")) }
            let body = method == "PUT" || method == "POST" ? Self.text(3, &generator) : nil
            let answer = client.send(method, target, headers, body: body)
            answer.stream?.close()
            #expect((200..<600).contains(answer.status), "SEED=\(seed) \(method) \(target)")
            #expect(answer.status != 500, "SEED=\(seed) \(method) \(target) \(answer.body)")
            #expect(answer["X-Content-Type-Options"] == "nosniff", "SEED=\(seed) \(method) \(target)")
            if answer["Content-Type"] == "application/problem+json" {
                #expect(throws: Never.self, "SEED=\(seed) \(method) \(target)") {
                    try JSONReader.document(answer.bytes.span)
                }
                #expect(answer.errno != nil, "SEED=\(seed) \(method) \(target)")
            }
        }
        #expect(client.gateway.statistics.streamsOpen == 0)
        client.namespace.checkInvariants()
    }
}
