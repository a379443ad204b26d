internal import HTTPGateway
internal import Locking
internal import Testing

@Suite struct DeviceTests {
    let client = TestClient()
    private let path = "/t/values/device"

    private func get(_ range: String) -> TestClient.Answer { client.send("GET", path, [("Range", range)]) }

    @Test func `all of a device comes without a range, and can be asked for in ranges`() {
        let answer = client.send("GET", path)
        #expect(answer.status == 200)
        #expect(answer.bytes == [UInt8](0..<100))
        #expect(answer["Accept-Ranges"] == "bytes")
        #expect(answer["Content-Type"] == "application/octet-stream")
    }

    @Test(arguments: [
        ("bytes=0-9", 0, 9), ("bytes=90-99", 90, 99), ("bytes=90-100", 90, 99), ("bytes=90-4096", 90, 99),
        ("bytes=50-", 50, 99), ("bytes=-10", 90, 99), ("bytes=-1000", 0, 99), ("bytes=99-99", 99, 99),
        ("Bytes = 3 - 4 ", 3, 4), ("bytes=0-18446744073709551615", 0, 99),
    ])
    func `a range comes as it is, its end brought back to that of the device`(
        _ range: String, _ first: Int, _ last: Int
    ) {
        let answer = get(range)
        #expect(answer.status == 206)
        #expect(answer["Content-Range"] == "bytes \(first)-\(last)/100")
        #expect(answer.bytes == (first...last).map { UInt8($0) })
    }

    @Test(arguments: ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=0-1,3-4"])
    func `a range that the device has nothing of is 416, and so are several`(_ range: String) {
        let answer = get(range)
        #expect(answer.status == 416)
        #expect(answer["Content-Range"] == "bytes */100")
        #expect(answer.body.contains("\"errno\":\"EINVAL\""))
    }

    @Test(arguments: [
        "bytes=5-4", "bytes=a-b", "bytes", "lines=1-2", "bytes=", "bytes=--1", "bytes=18446744073709551616-",
    ])
    func `what is no range of bytes is as if it had not come`(_ range: String) {
        #expect(get(range).status == 200)
        #expect(get(range).bytes.count == 100)
    }

    @Test func `HEAD announces the size, whatever range comes with it`() {
        for path in [path, "/t/values/large"] {
            let answer = client.send("HEAD", path, [("Range", "bytes=0-1")])
            #expect(answer.status == 200)
            #expect(answer["Accept-Ranges"] == "bytes")
            #expect(answer.length == (path == self.path ? 100 : 5 << 30))
        }
    }

    @Test func `as JSON it is said what is known about it`() {
        #expect(client.send("GET", path + "?format=json").body.hasSuffix("\"mode\":\"0644\",\"size\":100}\n"))
    }

    @Test func `a long range is a stream of known length`() {
        let answer = client.send("GET", "/t/values/large", [("Range", "bytes=1000-4001000")])
        #expect(answer.status == 206)
        #expect(answer.length == 4_000_001)
        #expect(answer.stream != nil)
        #expect(client.gateway.statistics.streamsOpen == 1)
        answer.stream?.close()
        #expect(client.gateway.statistics.streamsOpen == 0)
    }

    @Test func `what is damaged is said, and nothing else comes`() {
        #expect(client.send("PUT", path, body: "a").status == 204)
        client.model.state.withLock { $0.device[50] = 255 }
        #expect(get("bytes=0-49").status == 206)
        let answer = get("bytes=0-50")
        #expect(answer.status == 500)
        #expect(answer.body.contains("EBADMSG"))
        #expect(answer["Content-Range"] == nil)
    }

    @Test(arguments: [
        ("bytes 10-12/100", 10), ("bytes 10-13/-1", 10), ("bytes 10-12/*", 10), ("bytes 97-99/100", 97),
        (nil, 0),
    ])
    func `a write goes where Content-Range begins, as long as the body is`(_ range: String?, _ start: Int) {
        let headers = range.map { [("Content-Range", $0)] } ?? []
        let answer = client.send("PUT", path, headers, body: "abc")
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        var expected = [UInt8](0..<100)
        expected.replaceSubrange(start..<(start + 3), with: Array("abc".utf8))
        #expect(client.send("GET", path).bytes == expected)
    }

    @Test(arguments: [
        ("bytes 98-100/100", 416), ("bytes 100-102/*", 416), ("bytes 101-103/*", 416),
        ("bytes 18446744073709551615-18446744073709551615/*", 416), ("bytes */100", 400), ("bytes 5-4/100", 400),
        ("lines 1-2/100", 400), ("bytes 1-2", 400), ("bytes 1-2/x", 400), ("", 400),
    ])
    func `a write past the end, or to nowhere, writes nothing`(_ range: String, _ status: UInt16) {
        #expect(client.send("PUT", path, [("Content-Range", range)], body: "abc").status == status)
        #expect(client.send("GET", path).bytes == [UInt8](0..<100))
    }

    @Test func `a discarded range reads as zeros, and must be named`() {
        #expect(client.send("DELETE", path, [("Range", "bytes=10-19")]).status == 204)
        #expect(client.send("GET", path).bytes == (0..<100).map { 10...19 ~= $0 ? 0 : UInt8($0) })
        #expect(client.send("DELETE", path).status == 400)
        #expect(client.send("DELETE", path, [("Range", "bytes=100-")]).status == 416)
        #expect(client.send("DELETE", path, [("Range", "bytes=1-2,5-6")]).status == 416)
    }

    @Test func `a failed write says why`() {
        let answer = client.send("PUT", "/t/values/large", body: "abc")
        #expect(answer.status == 507)
        #expect(answer.body.contains("ENOSPC"))
    }

    @Test func `what it can do is said`() {
        #expect(client.send("OPTIONS", path)["Allow"] == "GET, HEAD, PUT, DELETE, OPTIONS")
        #expect(client.send("POST", path, body: "x").status == 405)
        #expect(client.send("PUT", path, [("If-Match", "\"x\"")], body: "x").status == 412)
    }
}
