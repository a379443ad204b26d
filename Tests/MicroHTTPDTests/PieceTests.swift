import Glibc
import HTTPGateway
import Locking
@testable import MicroHTTPD
import Testing

/// Bodies that are taken as they come.
@Suite struct PieceTests {
    static let chunked = "Transfer-Encoding: chunked"

    private func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ $0 >> 9) } }

    private func chunk(_ bytes: some Collection<UInt8>) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }

    private func start(_ client: BlockingClient, _ headers: String, _ target: String = "/pieces") throws {
        try client.send("PUT \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\n")
    }

    private func receiver(_ running: RunningServer) -> TestReceiver? { running.handler.receivers.withLock { $0.last } }

    @Test(arguments: [1, 4096, 70_000, 3_000_001])
    func `a body comes whole and in order, declared or chunked, and the connection goes on`(count: Int) throws {
        // More than would be collected: the limit is not for these.
        let running = try RunningServer(bodyBytesMax: 5000)
        defer { running.stop() }
        let client = try running.client()
        let body = body(count)
        let wanted = "\(count) \(EchoHandler.hash(body))"
        try start(client, "Content-Length: \(count)")
        try client.send(body)
        #expect(try client.response().text == wanted)
        try start(client, Self.chunked)
        for start in stride(from: 0, to: count, by: 9999) {
            try client.send(chunk(body[start..<min(start + 9999, count)]))
        }
        try client.send("0\r\n\r\n")
        #expect(try client.response().text == wanted)
        #expect(try client.get("/after").text.hasPrefix("/after 0 "))
        let longest =
            running.handler.receivers.withLock { $0.map { $0.state.withLock { $0.pieceBytesMax } }.max() } ?? 0
        #expect(longest <= 32768, "no piece is longer than the library's buffer")
        let abandoned = running.handler.receivers.withLock { $0.contains { $0.state.withLock { $0.wasAbandoned } } }
        #expect(!abandoned)
    }

    @Test func `requests behind a body in one packet are answered, each its own`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        let body = body(5000)
        let put = Array("PUT /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n".utf8) + body
        let get = Array("GET /behind HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        try client.send(put + get + put + get)
        for _ in 0..<2 {
            #expect(try client.response().text == "5000 \(EchoHandler.hash(body))")
            #expect(try client.response().text.hasPrefix("/behind 0 "))
        }
    }

    @Test func `bodies that come at the same time on one thread do not mix`() throws {
        let running = try RunningServer(threads: 1)
        defer { running.stop() }
        let clients = try (0..<5).map { _ in try running.client() }
        let body = body(100_000)
        for client in clients { try start(client, "Content-Length: \(body.count)") }
        for piece in stride(from: 0, to: body.count, by: 10_000) {
            for client in clients { try client.send(Array(body[piece..<(piece + 10_000)])) }
        }
        for client in clients { #expect(try client.response().text == "100000 \(EchoHandler.hash(body))") }
    }

    @Test func `Expect: 100-continue is told to go on once the head was taken`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try start(client, "Content-Length: 3\r\nExpect: 100-continue")
        #expect(try client.head().status == 100)
        #expect(receiver(running) != nil)
        try client.send("abc")
        #expect(try client.response().text.hasPrefix("3 "))
    }

    @Test func `a refusal near the end comes behind the rest, and the connection goes on`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try start(client, "Content-Length: 150000", "/pieces/refusing")
        try client.send(body(150_000))
        let response = try client.response()
        #expect(response.status == 507)
        #expect(response.text == "full")
        #expect(response.headers["connection"] != "close")
        #expect(try client.get("/after").status == 200)
    }

    @Test(arguments: ["Content-Length: 1000000000", chunked])
    func `a refusal in the middle is answered at once, and closes`(headers: String) throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try start(client, headers, "/pieces/refusing")
        let piece = headers == Self.chunked ? chunk(body(120_000)) : body(120_000)
        try client.send(piece)
        let response = try client.response()
        #expect(response.status == 507)
        #expect(response.text == "full")
        #expect(response.headers["x-test"] == "yes")
        #expect(response.headers["connection"] == "close")
        #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
        #expect(try client.isClosedByServer())
        let taken = try #require(receiver(running)).state.withLock { $0.bytes.count }
        // What still comes is thrown away, and not for long.
        #expect(throws: BlockingClient.Broken.self) { for _ in 0..<1000 { try client.send(piece) } }
        let (after, wasAbandoned) = try #require(receiver(running)).state.withLock { ($0.bytes.count, $0.wasAbandoned) }
        #expect(after == taken && !wasAbandoned)
        #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
    }

    @Test func `a client that goes in the middle has its body abandoned, once`() throws {
        var limits = ServerLimits()
        limits.requestSeconds = 1
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        for headers in ["Content-Length: 300000", Self.chunked] {
            let client = try running.client()
            try start(client, headers)
            try client.send(headers == Self.chunked ? chunk(body(1000)) : body(1000))
            #expect(running.eventually { receiver(running)?.state.withLock { $0.bytes.count } == 1000 })
            client.close()
            #expect(running.eventually { receiver(running)?.state.withLock { $0.wasAbandoned } == true })
            #expect(receiver(running)?.state.withLock { $0.hasFinished } == false)
        }
        #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
    }

    @Test func `a server that stops abandons what is on its way`() throws {
        let running = try RunningServer()
        let client = try running.client()
        try start(client, "Content-Length: 300000")
        try client.send(body(1000))
        #expect(running.eventually { receiver(running)?.state.withLock { $0.bytes.count } == 1000 })
        running.server.stop(graceSeconds: 0)
        #expect(receiver(running)?.state.withLock { $0.wasAbandoned } == true)
    }

    @Test func `a long body has its time by what comes of it, and one that drips is cut`() throws {
        var limits = ServerLimits()
        limits.requestSeconds = 1
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        let client = try running.client()
        let body = body(70_000)
        try start(client, "Content-Length: \(10 * body.count)")
        for _ in 0..<10 {
            usleep(400_000)
            try client.send(body)
        }
        #expect(try client.response().text.hasPrefix("700000 "))
        #expect(running.server.counters.refusedRequestSeconds == 0)
        client.close()
        let dripping = try running.client()
        try start(dripping, "Content-Length: 100000")
        var sends = 0
        while sends < 40, (try? dripping.send([1])) != nil {
            usleep(200_000)
            sends += 1
        }
        #expect(sends < 40)
        #expect(running.server.counters.refusedRequestSeconds == 1)
        #expect(running.eventually { receiver(running)?.state.withLock { $0.wasAbandoned } == true })
    }
}
