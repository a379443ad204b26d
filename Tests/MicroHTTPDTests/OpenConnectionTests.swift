import Bytes
import Glibc
import JITFSTestSupport
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct OpenConnectionTests {
    @Test func `a connection is found by its number until it goes`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        #expect(try client.get("/x", headers: "User-Agent: tester/1\r\n").status == 200)
        let connection = try #require(running.server.connection(2))
        #expect(connection.number == 2 && !connection.isClosed)
        #expect(connection.info.agent == "tester/1")
        #expect(running.server.connection(1)?.number == nil && running.server.connection(3)?.number == nil)
        let calls = Atomic<Int>(0)
        let forget = connection.whenClosed { calls.add(1, ordering: .relaxed) }
        let other = connection.whenClosed { calls.add(100, ordering: .relaxed) }
        other()
        client.close()
        #expect(running.eventually { connection.isClosed })
        #expect(running.eventually { calls.load(ordering: .relaxed) == 1 })
        #expect(running.server.connection(2)?.number == nil)
        forget()
        _ = connection.whenClosed { calls.add(10, ordering: .relaxed) }
        #expect(calls.load(ordering: .relaxed) == 11)
        connection.close(afterAnswer: false)
        connection.close(afterAnswer: true)
    }

    @Test func `it is ended from outside, whatever it does`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let (idle, streaming) = (try running.client(), try running.client())
        #expect(try idle.get("/x").status == 200)
        try streaming.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try streaming.head().status == 200)
        for connection in running.server.openConnections { connection.close(afterAnswer: false) }
        #expect(running.server.openConnections.isEmpty)
        #expect(try idle.isClosedByServer())
        #expect(try streaming.isClosedByServer())
        // A stream that ends in the call that begins it leaves its connection to libmicrohttpd's time-out, closed.
        #expect(running.eventually { running.server.counters.streamsOpen == 0 })
    }

    @Test func `what is ended after its answer is told that it closes`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        #expect(try client.get("/x").headers["connection"] == nil)
        try #require(running.server.connection(2)).close(afterAnswer: true)
        #expect(running.server.connection(2)?.number == nil)
        #expect(try client.get("/x").headers["connection"]?.lowercased() == "close")
        #expect(try client.isClosedByServer())
    }

    @Test func `limits on connections decide about the next one`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let first = try running.client()
        #expect(try first.get("/x").status == 200)
        running.server.limits.connections = 1
        #expect(try running.client().get("/x").status == 503)
        #expect(try first.get("/x").status == 200)
        running.server.limits.connections = 3
        #expect(try running.client().get("/x").status == 200)
    }

    @Test func `a target is never read while it is half another`() {
        let notes = Shared()
        let isDone = Atomic<Bool>(false)
        var threads = Threads()
        threads.start {
            for round in 0..<20000 {
                let length = round % 200
                notes.value.note(target: [UInt8](repeating: UInt8(0x41 + round % 26), count: length).span)
            }
            isDone.store(true, ordering: .releasing)
        }
        threads.start {
            while !isDone.load(ordering: .acquiring) {
                let target = notes.value.lastTarget
                #expect(target.count <= ConnectionNotes.targetBytesMax)
                #expect(target.allSatisfy { $0 == target.first })
            }
        }
        threads.join()
        notes.value.note(target: Array("/a/path?x".utf8).span)
        #expect(notes.value.lastTarget == Array("/a/path?x".utf8))
    }

    /// Notes that two threads look at.
    private final class Shared: Sendable {
        let value = ConnectionNotes()
    }
}
