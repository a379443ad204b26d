import Glibc
import HTTPGateway
import Locking
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct BodyTests {
    static let limit = 10_000

    private func put(_ client: BlockingClient, _ body: [UInt8], headers: String = "") throws -> BlockingClient.Response
    {
        try client.send("PUT /f HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\(headers)\r\n")
        try client.send(body)
        return try client.response()
    }

    private func chunked(_ client: BlockingClient, _ chunks: [[UInt8]]) throws -> BlockingClient.Response {
        try client.send("POST /f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks where !chunk.isEmpty {
            try client.send(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10])
        }
        try client.send("0\r\n\r\n")
        return try client.response()
    }

    @Test(arguments: [0, 1, 4096, limit - 1, limit])
    func `a body up to the limit is taken whole, declared or chunked, on a kept-alive connection`(count: Int) throws {
        let running = try RunningServer(bodyBytesMax: Self.limit)
        defer { running.stop() }
        let client = try running.client()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let wanted = "/f \(count) \(EchoHandler.hash(body))"
        for _ in 0..<3 {
            #expect(try put(client, body).text == wanted)
            #expect(try chunked(client, [body]).text == wanted)
            #expect(try chunked(client, body.map { [$0] }.suffix(50) + []).status == 200)
        }
    }

    @Test func `one byte more is told 413 at once where it was declared`() throws {
        let running = try RunningServer(bodyBytesMax: Self.limit)
        defer { running.stop() }
        let client = try running.client()
        try client.send("PUT /f HTTP/1.1\r\nHost: h\r\nContent-Length: \(Self.limit + 1)\r\n\r\n")
        let response = try client.response()
        #expect(response.status == 413)
        #expect(response.text == "too large")
        #expect(try client.isClosedByServer())
        #expect(running.server.counters.refusedBodyBytes == 1)
    }

    @Test func `one byte more is told 413 after a chunked body, and the connection goes on`() throws {
        let running = try RunningServer(bodyBytesMax: Self.limit)
        defer { running.stop() }
        let client = try running.client()
        let large = [UInt8](repeating: 1, count: Self.limit + 1)
        #expect(try chunked(client, [large]).status == 413)
        #expect(try put(client, [1, 2, 3]).status == 200)
        #expect(running.handler.refusedBodies.load(ordering: .relaxed) == 1)
    }

    @Test func `a chunked body without an end is cut off`() throws {
        let running = try RunningServer(bodyBytesMax: Self.limit)
        defer { running.stop() }
        let client = try running.client()
        try client.send("POST /f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 1, count: 65536) + [13, 10]
        #expect(throws: BlockingClient.Broken.self) {
            for _ in 0..<1000 { try client.send(chunk) }
        }
    }

    @Test func `Expect: 100-continue is told to go on, or 413 instead`() throws {
        let running = try RunningServer(bodyBytesMax: Self.limit)
        defer { running.stop() }
        let client = try running.client()
        try client.send("PUT /f HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.head().status == 100)
        try client.send("abc")
        #expect(try client.response().text == "/f 3 \(EchoHandler.hash(Array("abc".utf8)))")
        try client.send(
            "PUT /f HTTP/1.1\r\nHost: h\r\nContent-Length: \(Self.limit + 1)\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.response().status == 413)
    }

    @Test func `a request without a body may expect 100-continue while others come in between`() throws {
        let running = try RunningServer(threads: 1)
        defer { running.stop() }
        let first = try running.client()
        let second = try running.client()
        for _ in 0..<20 {
            try first.send("GET /first HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n")
            try second.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try first.head().status == 100)
            #expect(try first.response().text.hasPrefix("/first 0 "))
            #expect(try second.response().text.hasPrefix("/second 0 "))
        }
    }

    @Test(arguments: [
        "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3\r\nContent-Length: 5",
        "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Length: -1", "Content-Length: +4", "Content-Length: abc",
    ])
    func `what could smuggle a second request is refused and closed`(headers: String) throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send(
            "PUT /f HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\nabc\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
        // Closing with bytes unread may take the answer along.
        if let response = try? client.response() { #expect(response.status == 400) }
        #expect(try client.isClosedByServer())
        #expect(running.handler.peers.withLock { $0.isEmpty })
    }

    @Test(arguments: ["GET", "DELETE", "OPTIONS"])
    func `a small body where none belongs is read, a large one is refused`(method: String) throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("\(method) /f HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        #expect(try client.response().text.hasPrefix("/f 3 "))
        try client.send("\(method) /f HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
        #expect(try client.response().status == 413)
    }

    @Test func `a refusal by the head alone comes before a body, and closes`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("PUT /forbidden HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n\r\n")
        #expect(try client.response().status == 403)
        #expect(try client.isClosedByServer())
    }

    @Test func `a client that goes in the middle of a body leaves nothing behind`() throws {
        // The library does not see an end that comes together with bytes: the deadline does.
        var limits = ServerLimits()
        limits.requestSeconds = 1
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        for _ in 0..<20 {
            let client = try running.client()
            try client.send("PUT /f HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n\r\nabc")
            client.close()
        }
        #expect(running.eventually { running.server.counters.connectionsAccepted == 20 })
        #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
        #expect(running.handler.peers.withLock { $0.isEmpty })
    }
}
