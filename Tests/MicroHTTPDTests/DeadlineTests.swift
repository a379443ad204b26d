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

    // MARK: idle connections

    /// A connection that was answered, and that the sweep has seen idle.
    private func idleClient(_ running: RunningServer) throws -> BlockingClient {
        let client = try running.client()
        #expect(try client.get("/x").status == 200)
        #expect(running.eventually { running.server.sweeps.active == 0 })
        return client
    }

    @Test func `an idle connection is not looked at until something comes`() throws {
        let running = try RunningServer(limits: limits(8))
        defer { running.stop() }
        let stream = try running.client()
        try stream.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try stream.streamed() == Array("hello\n".utf8))
        let client = try running.client()
        #expect(try client.get("/x").status == 200)
        let silent = try running.client()
        #expect(running.eventually { running.server.connections.count == 3 && running.server.sweeps.active == 0 })
        let before = running.server.sweeps.count
        usleep(1_600_000)  // More than a tick.
        #expect(running.server.sweeps.count == before)
        // The first byte makes it active, the answer idle again; the same for one that never said anything.
        for client in [client, silent] { try client.send("G") }
        #expect(running.eventually { running.server.sweeps.active == 2 })
        for client in [client, silent] {
            try client.send("ET /y HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.response().status == 200)
        }
        #expect(running.eventually { running.server.sweeps.active == 0 })
        #expect(running.server.sweeps.count > before)
        #expect(running.server.counters.refusedRequestSeconds == 0)
    }

    @Test func `no first byte is missed, however soon a server thread has read it`() throws {
        let running = try RunningServer(limits: limits(8))
        defer { running.stop() }
        let clients = try (0..<40).map { _ in try running.client() }
        for client in clients { #expect(try client.get("/x").status == 200) }
        #expect(running.eventually { running.server.sweeps.active == 0 })
        for (index, client) in clients.enumerated() {
            try client.send("G")
            #expect(running.eventually { running.server.sweeps.active == index + 1 })
        }
    }

    @Test func `a connection that was idle may become a stream, and a stream an idle connection`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try idleClient(running)
        try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.streamed() == Array("hello\n".utf8))
        usleep(1_500_000)
        let file = running.handler.files.withLock { $0[0] }
        file.write("still here\n")
        #expect(try client.chunk() == Array("still here\n".utf8))
        file.end()
        #expect(try client.chunk() == nil)
        #expect(try client.get("/x").status == 200)
        #expect(running.eventually { running.server.sweeps.active == 0 })
        #expect(running.server.counters.connectionsOpen == 1)
        // As a stream its end is noticed, though it was watched for something else before.
        try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.streamed() == Array("hello\n".utf8))
        client.close()
        #expect(running.eventually { running.server.counters.streamsOpen == 0 })
        #expect(running.server.counters.refusedRequestSeconds == 0)
    }

    @Test func `a head that drips into an idle connection is cut`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try idleClient(running)
        #expect(drips(client, "GET /x HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
        #expect(running.server.counters.refusedRequestSeconds == 1)
    }

    @Test func `a body that drips into an idle connection is cut`() throws {
        let running = try RunningServer(limits: limits(1))
        defer { running.stop() }
        let client = try idleClient(running)
        try client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n")
        #expect(drips(client, String(repeating: "b", count: 100)))
        #expect(running.server.counters.refusedRequestSeconds == 1)
        #expect(running.handler.peers.withLock { $0.count } == 1)
    }

    @Test func `idle connections are closed at their deadline, and none before`() throws {
        let running = try RunningServer(limits: limits(2))
        defer { running.stop() }
        let first = try idleClient(running)
        let start = MonotonicTime.now
        let second = try idleClient(running)
        #expect(running.server.counters.refusedRequestSeconds == 0)
        #expect(try first.isClosedByServer())
        #expect(try second.isClosedByServer())
        // Since its accept at least, which is no sooner than `start`.
        #expect(MonotonicTime.now - start >= 2_000_000_000)
        #expect(running.eventually { running.server.counters.refusedRequestSeconds == 2 })
        #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
        let before = running.server.sweeps.count
        usleep(600_000)  // Two ticks.
        #expect(running.server.sweeps.count == before)
    }

    @Test func `an idle connection whose client goes is forgotten, and its descriptor used again`() throws {
        let running = try RunningServer(limits: limits(1), threads: 1)
        defer { running.stop() }
        for _ in 0..<3 {
            let client = try idleClient(running)
            client.close()
            #expect(running.eventually { running.server.counters.connectionsOpen == 0 })
            #expect(running.server.sweeps.active == 0)
        }
        #expect(running.server.counters.refusedRequestSeconds == 0)
    }

    @Test func `a unix socket's connection is idle too, and its request has its whole time`() throws {
        let path = "/tmp/jitfs-idle-\(getpid()).sock"
        let running = try RunningServer(limits: limits(3), listeners: [.unix(path: path)])
        defer { running.stop() }
        let client = try BlockingClient(path: path)
        #expect(try client.get("/x").status == 200)
        #expect(running.eventually { running.server.sweeps.active == 0 })
        usleep(1_500_000)
        try client.send("GET /y HT")
        usleep(2_000_000)
        try client.send("TP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.response().text.hasPrefix("/y "))
        #expect(try client.isClosedByServer())
    }
}
