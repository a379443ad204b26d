import Glibc
import HTTPGateway
import Locking
@testable import MicroHTTPD
import PseudoFS
import Synchronization
import SystemPackage
import Testing

@Suite(.serialized) struct StreamTests {
    private func open(_ running: RunningServer, count: Int, target: String = "/stream") throws -> [BlockingClient] {
        var clients: [BlockingClient] = []
        for _ in 0..<count {
            let client = try running.client()
            try client.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
            let head = try client.head()
            #expect(head.status == 200)
            #expect(head.headers["transfer-encoding"] == "chunked")
            #expect(try client.chunk() == Array("hello\n".utf8))
            clients.append(client)
        }
        return clients
    }

    private func opened(_ running: RunningServer) -> [TestFile] { running.handler.files.withLock { $0 } }

    private func isAllClosedOnce(_ running: RunningServer) -> Bool { opened(running).allSatisfy { $0.closes == 1 } }

    @Test func `a stream that was idle sends large pieces whole, again and again`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try open(running, count: 1)[0]
        let file = opened(running)[0]
        for turn in 0..<6 {
            // Waiting, its pages are given back; then a piece that needs them all, or one that needs none.
            #expect(running.eventually { file.isWaitedFor })
            let text = (0..<(turn % 2 == 0 ? 6000 : 3)).map { "\(turn) \($0)\n" }.joined()
            file.write(text)
            var received: [UInt8] = []
            while received.count < text.utf8.count { received += try #require(try client.chunk()) }
            #expect(received == Array(text.utf8))
        }
    }

    @Test func `two hundred streams are each given every line, and wait without reading in between`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let clients = try open(running, count: 200)
        #expect(running.server.counters.streamsOpen == 200)
        for turn in 0..<10 {
            for file in opened(running) { file.write("line \(turn)\n") }
            for client in clients { #expect(try client.chunk() == Array("line \(turn)\n".utf8)) }
        }
        let reads = opened(running).map(\.reads)
        usleep(200_000)
        #expect(opened(running).map(\.reads) == reads)
        for file in opened(running) { file.end() }
        for client in clients { #expect(try client.chunk() == nil) }
        #expect(running.eventually { running.server.counters.streamsOpen == 0 })
        #expect(isAllClosedOnce(running))
        // A connection whose stream ended is one like any other.
        #expect(try clients[0].get("/x").text.hasPrefix("/x "))
        _ = try clients[1].send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try clients[1].head().status == 200)
        clients[1].close()
        #expect(running.eventually { running.server.counters.streamsOpen == 0 })
    }

    @Test func `no wake-up is lost between a writer and the suspension`() async throws {
        let running = try RunningServer()
        defer { running.stop() }
        let clients = try open(running, count: 8)
        let files = opened(running)
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for turn in 0..<3000 {
                    for file in files { file.write("\(turn)\n") }
                    if turn % 3 == 0 { sched_yield() }
                }
                for file in files { file.end() }
                return 0
            }
            try await group.waitForAll()
        }
        for client in clients {
            var text: [UInt8] = []
            while let chunk = try client.chunk() { text += chunk }
            #expect(text == (0..<3000).flatMap { Array("\($0)\n".utf8) })
        }
    }

    @Test func `a client that goes is noticed at once, without a write`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let clients = try open(running, count: 200)
        for client in clients[..<150] { client.close() }
        #expect(running.eventually { running.server.counters.streamsOpen == 50 })
        for client in clients[150...] { shutdown(client.descriptor, Int32(SHUT_WR)) }
        #expect(running.eventually { running.server.counters.streamsOpen == 0 })
        #expect(isAllClosedOnce(running))
        #expect(running.handler.released.load(ordering: .relaxed) == 200)
    }

    @Test func `a reader that stalls holds little, and disturbs nobody`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let stalled = try running.client(receiveBuffer: 4096)
        try stalled.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(running.eventually { opened(running).count == 1 })
        let others = try open(running, count: 4)
        #expect(opened(running).count == 5)
        let line = String(repeating: "x", count: 999) + "\n"
        let files = opened(running)
        for turn in 0..<2000 {
            files[0].write(line, limit: 65536)
            if turn % 100 == 0 {
                for (client, file) in zip(others, files[1...]) {
                    file.write(line)
                    var got = 0
                    while got < 1000 { got += try #require(try client.chunk()).count }
                }
            }
        }
        #expect(files[0].dropped > 1000)
        #expect(files[0].waiting > 50_000)
        stalled.close()
        #expect(running.eventually { files[0].closes == 1 })
    }

    @Test func `a stream ends when its time has come`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try open(running, count: 1, target: "/stream?timeout=0.3")[0]
        #expect(try client.chunk() == nil)
        #expect(try client.get("/x").status == 200)
        #expect(isAllClosedOnce(running))
    }

    @Test func `a stream that fails is cut, and has no last chunk`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try open(running, count: 1)[0]
        let file = opened(running)[0]
        file.write("some\n")
        #expect(try client.chunk() == Array("some\n".utf8))
        #expect(running.eventually { file.isWaitedFor })
        file.end(Failure(.badMessage))
        #expect(throws: BlockingClient.Broken.self) { try client.chunk() }
        #expect(try client.isClosedByServer())
        #expect(running.eventually { isAllClosedOnce(running) })
    }

    @Test func `what was prepared before a stream comes first, whole`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("GET /stream?prepared HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = try client.head()
        var text: [UInt8] = []
        while text.count < 100_006 { text += try #require(try client.chunk()) }
        #expect(text == Array("hello\n".utf8) + [UInt8](repeating: 0x61, count: 100_000))
        opened(running)[0].write("then")
        #expect(try client.chunk() == Array("then".utf8))
    }

    @Test func `an HTTP 1.0 client gets a stream that ends with the connection`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("GET /stream HTTP/1.0\r\n\r\n")
        #expect(try client.head().headers["transfer-encoding"] == nil)
        #expect(try client.bytes(6) == Array("hello\n".utf8))
        opened(running)[0].write("more\n")
        #expect(try client.bytes(5) == Array("more\n".utf8))
        opened(running)[0].end()
        #expect(try client.isClosedByServer())
        #expect(running.eventually { isAllClosedOnce(running) })
    }

    @Test func `stopping ends every stream cleanly and closes each once`() throws {
        let running = try RunningServer()
        let clients = try open(running, count: 100)
        let stalled = try running.client(receiveBuffer: 4096)
        try stalled.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(running.eventually { opened(running).count == 101 })
        for _ in 0..<500 { opened(running)[100].write(String(repeating: "x", count: 4000)) }
        running.server.stop(graceSeconds: 0.3)
        for client in clients { #expect(try client.chunk() == nil) }
        #expect(isAllClosedOnce(running))
        #expect(running.handler.released.load(ordering: .relaxed) == 101)
        // A wake-up that comes late finds nobody.
        for file in opened(running) { file.write("late") }
    }

    @Test func `streams may be written to, closed and stopped all at the same time`() async throws {
        for _ in 0..<5 {
            let running = try RunningServer()
            let clients = try open(running, count: 40)
            let files = opened(running)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for turn in 0..<400 { for file in files { file.write("\(turn)\n", limit: 4096) } } }
                group.addTask {
                    usleep(3000); running.server.stop(graceSeconds: 2)
                }
                group.addTask { for _ in 0..<2000 { _ = running.server.counters; _ = running.server.connections } }
                for client in clients[..<20] { client.close() }
            }
            #expect(isAllClosedOnce(running))
        }
    }
}
