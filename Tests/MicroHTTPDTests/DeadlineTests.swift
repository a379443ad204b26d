import Glibc
import HTTPGateway
import Locking
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct DeadlineTests {
    private func limits(_ seconds: Double) -> ServerLimits {
        var limits = ServerLimits()
        limits.requestSeconds = seconds
        return limits
    }

    /// Sends a byte every fifth of a second until the server has had enough.
    ///
    /// - Returns: whether it had within eight seconds.
    private func drips(_ client: BlockingClient, _ text: String) -> Bool {
        for byte in Array(text.utf8).prefix(40) {
            guard (try? client.send([byte])) != nil else { return true }
            usleep(200_000)
        }
        return false
    }

    @Test func `a head that drips in is cut`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try running.client()
        #expect(drips(client, "GET /x HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
        #expect(running.server.counters.refusedRequestSeconds == 1)
        let headers = try running.client()
        try headers.send("GET /x HTTP/1.1\r\n")
        #expect(drips(headers, "Host: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
        #expect(running.server.counters.refusedRequestSeconds == 2)
    }

    @Test func `a body that drips in is cut`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try running.client()
        try client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n")
        #expect(drips(client, String(repeating: "b", count: 100)))
        #expect(running.server.counters.refusedRequestSeconds == 1)
        #expect(running.handler.peers.withLock { $0.isEmpty })
    }

    @Test func `a connection on which nothing comes is closed, and one that is idle after an answer`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let silent = try running.client()
        let idle = try running.client()
        #expect(try idle.get("/x").status == 200)
        #expect(try silent.isClosedByServer())
        #expect(try idle.isClosedByServer())
        #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
    }

    @Test func `a connection in use lives on past the limit, and so does a stream`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try running.client()
        let stream = try running.client()
        try stream.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = try stream.head()
        #expect(try stream.chunk() == Array("hello\n".utf8))
        for _ in 0..<15 {
            usleep(200_000)
            #expect(try client.get("/x").status == 200)
        }
        running.handler.files.withLock { $0[0] }.write("still here\n")
        #expect(try stream.chunk() == Array("still here\n".utf8))
        #expect(running.server.counters.refusedRequestSeconds == 0)
    }

    @Test func `a request that begins late in an idle connection has its whole time`() throws {
        let running = try RunningServer(limits: limits(2))
        defer { running.stop() }
        let client = try running.client()
        #expect(try client.get("/x").status == 200)
        usleep(1_200_000)
        try client.send("GET /y HT")
        usleep(1_200_000)
        try client.send("TP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.response().text.hasPrefix("/y "))
    }
}
