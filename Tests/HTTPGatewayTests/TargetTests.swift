internal import Bytes
internal import Testing

@Suite struct TargetTests {
    @Test(arguments: [
        "/t//number", "//t", "/t/./number", "/t/../t/number", "/t/%2e%2e/t", "/t/%2E/number", "/t%2Fnumber",
        "/t%2fnumber",
        "/t/number%00", "/t/%zz", "/t/%2", "/t/%", "/t/%ff", "/t/%C3", "http://evil/t", "*", "t",
        "/t/number//", "//",
    ])
    func `a path that cheats is refused`(target: String) {
        let answer = TestClient().get(target)
        #expect(answer.status == 400)
        #expect(answer.errno == "EINVAL")
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(!answer.detail.isEmpty)
    }

    @Test func `raw control bytes and what is not UTF-8 are refused`() {
        let client = TestClient()
        for bytes in [[0x2F, 0x74, 0x00], [0x2F, 0x1B], [0x2F, 0x74, 0x7F], [0x2F, 0xFF], [0x2F, 0xC3], []] as [[UInt8]]
        {
            #expect(client.send("GET", bytes: bytes).status == 400)
        }
    }

    @Test func `what is encoded without need is decoded`() {
        let answer = TestClient().get("/%74/n%75mber")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(#"{"path":"/t/number""#))
    }

    @Test func `a name over 255 bytes is ENAMETOOLONG`() {
        let answer = TestClient().get("/t/" + String(repeating: "x", count: 256))
        #expect(answer.status == 400 && answer.errno == "ENAMETOOLONG")
        #expect(TestClient().get("/t/" + String(repeating: "x", count: 255)).status == 404)
        #expect(TestClient().get("/" + String(repeating: "x/", count: 3000)).errno == "ENAMETOOLONG")
    }

    @Test func `a directory bears a slash at its end and never gives it back`() {
        let client = TestClient()
        #expect(client.get("/t/values/").body == client.get("/t/values").body)
        #expect(client.get("/").body.hasPrefix(#"{"path":"/","type":"directory""#))
        #expect(client.get("/t/nothing/").member("path") == .string("/t/nothing"))
    }

    @Test func `names in UTF-8 are walked to, encoded or not`() {
        let encoded = "/t/hostile/%3Cscript%3E%26%22%27%C3%A9%25%3A%3F%23"
        #expect(TestClient().get(encoded).status == 200)
        #expect(TestClient().get("/t/hostile/<script>&\"'é%25:%3F#").status == 200)
    }
}
