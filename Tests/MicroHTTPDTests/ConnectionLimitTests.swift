import Glibc
import HTTPGateway
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct ConnectionLimitTests {
    @Test func `one connection too many is told 503 and closed, and there is room again when one goes`() throws {
        var limits = ServerLimits()
        limits.connections = 10
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        var clients = try (0..<10).map { _ in try running.client() }
        for client in clients { #expect(try client.get("/x").status == 200) }
        for _ in 0..<5 {
            let refused = try running.client()
            let response = try refused.get("/x")
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "1")
            #expect(try refused.isClosedByServer())
        }
        #expect(running.server.counters.refusedConnections == 5)
        for client in clients { #expect(try client.get("/y").status == 200) }
        clients.removeLast().close()
        #expect(running.eventually { running.server.counters.connectionsOpen == 9 })
        #expect(try running.client().get("/z").status == 200)
    }

    @Test func `streams do not take the place of connections`() throws {
        var limits = ServerLimits()
        limits.connections = 4
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        let streams = try (0..<20).map { _ in
            let client = try running.client()
            try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.head().status == 200)
            return client
        }
        #expect(try running.client().get("/x").status == 200)
        #expect(streams.count == 20)
        #expect(running.server.connections.count { $0.isHeld } == 20)
    }

    @Test func `far too many connections are closed without a word`() throws {
        var limits = ServerLimits()
        limits.connections = 4
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        let clients = try (0..<(4 + 64 + 10)).map { _ in try running.client() }
        #expect(running.eventually { running.server.counters.droppedConnections == 10 })
        #expect(try clients[0].get("/x").status == 200)
        #expect(try clients[10].get("/x").status == 503)
    }

    @Test func `loopback is free of the limit on one address`() throws {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 2
        let running = try RunningServer(limits: limits)
        defer { running.stop() }
        let clients = try (0..<6).map { _ in try running.client() }
        for client in clients { #expect(try client.get("/x").status == 200) }
    }

    @Test func `what is known about connections can be listed`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let first = try running.client()
        let second = try running.client()
        _ = try first.get("/x")
        _ = try second.get("/x")
        _ = try second.get("/y")
        let all = running.server.connections.sorted { $0.serial < $1.serial }
        #expect(all.map(\.serial) == [2, 3])
        #expect(running.eventually { running.server.connections.map(\.requests).sorted() == [1, 2] })
        #expect(all.allSatisfy { $0.address.hasPrefix("127.0.0.1:") && $0.transport == .tcp(isLoopback: true) })
    }
}
