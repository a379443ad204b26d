import Glibc
import HTTPGateway
import JITFSTestSupport
import Locking
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct HTTPServerTests {
    @Test func `a connection is kept alive over many requests, and its headers come through`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        for number in 0..<50 {
            let response = try client.get("/a/\(number)", headers: "User-Agent: test\(number)\r\n")
            #expect(response.status == 200)
            #expect(response.text.hasPrefix("/a/\(number) 0 "))
            #expect(response.headers["x-test"] == "yes")
            #expect(response.headers["x-agent"] == "test\(number)")
            #expect(response.headers["connection"]?.lowercased() != "close")
        }
        #expect(running.server.counters.requests == 50)
        #expect(running.server.counters.connectionsAccepted == 1)
    }

    @Test func `pipelined requests are answered in order`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send(
            (0..<20).map { "GET /p\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
                + "PUT /q HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /r HTTP/1.1\r\nHost: h\r\n\r\n")
        for number in 0..<20 { #expect(try client.response().text.hasPrefix("/p\(number) 0 ")) }
        #expect(try client.response().text == "/q 3 \(EchoHandler.hash(Array("abc".utf8)))")
        #expect(try client.response().text.hasPrefix("/r 0 "))
    }

    @Test func `HEAD has the headers of GET and no body`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        let get = try client.get("/x")
        try client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n")
        let head = try client.response(isHead: true)
        #expect(head.status == 200)
        #expect(head.headers["content-length"] == get.headers["content-length"])
        #expect(try client.get("/y").text.hasPrefix("/y "))
    }

    @Test func `HEAD on a stream closes the stream at once, and the connection after its answer`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n")
        let head = try client.response(isHead: true)
        #expect(head.status == 200)
        #expect(head.headers["content-length"] == nil)
        #expect(head.headers["connection"]?.lowercased() == "close")
        #expect(try client.isClosedByServer())
        #expect(running.handler.files.withLock { $0[0].closes } == 1)
        #expect(running.handler.released.load(ordering: .relaxed) == 1)
    }

    @Test func `a target arrives as it was sent`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        for target in ["/a%2Fb/../%00//c?x=%41+b&y&=z&&q=1=2", "/%zz", "/a?", "/?a?b", "http://evil/x", "/ä"] {
            #expect(try client.get(target).text.hasPrefix("\(target) 0 "))
        }
        try client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.response().text.hasPrefix("* 0 "))
    }

    @Test func `a NUL in the request line only cuts the target`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send(Array("GET /a".utf8) + [0] + Array("b HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
        let response = try client.response()
        #expect(response.status == 400 || response.text.hasPrefix("/a 0 "))
    }

    @Test(arguments: [0, 1, 4096, 65535, 65536, 65537, 3_000_000])
    func `bodies of any size arrive whole`(count: Int) throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        for _ in 0..<2 {
            let response = try client.get("/bytes/\(count)")
            #expect(response.body.count == count)
            #expect(response.body == (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
    }

    @Test func `204 has no body, and Connection: close is obeyed in both directions`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        #expect(try client.get("/empty").status == 204)
        let last = try client.get("/closing")
        #expect(last.headers["connection"]?.lowercased() == "close")
        #expect(try client.isClosedByServer())
        let other = try running.client()
        #expect(try other.get("/x", headers: "Connection: close\r\n").status == 200)
        #expect(try other.isClosedByServer())
    }

    @Test func `a refusal by the head alone keeps a connection without a body alive`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        let response = try client.get("/forbidden")
        #expect(response.status == 403)
        #expect(response.text == "no")
        #expect(try client.get("/x").status == 200)
    }

    @Test func `HTTP 1.0 is answered and closed`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        try client.send("GET /x HTTP/1.0\r\n\r\n")
        #expect(try client.response().status == 200)
        #expect(try client.isClosedByServer())
    }

    @Test func `a head within header_bytes is taken, a larger one is told 431 and counted`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let client = try running.client()
        let fits = String(repeating: "x", count: 15_000)
        #expect(try client.get("/x", headers: "User-Agent: \(fits)\r\n").status == 200)
        let many = (0..<40).map { "X-Header-\($0): \(String(repeating: "y", count: 350))\r\n" }.joined()
        #expect(try client.get("/x", headers: many).status == 200)
        // The library closes with bytes unread, so that its answer may be lost on the way: what counts is the count.
        let large = try running.client()
        let told = try? large.get("/x", headers: "User-Agent: \(fits)\(fits)\r\n").status
        #expect(told == nil || told == 431)
        let line = try running.client()
        _ = try? line.get("/\(fits)\(fits)")
        #expect(running.eventually { running.server.counters.refusedHeaderBytes == 2 })
    }

    @Test func `many clients at once get their own answers`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        // All are connected before the first asks, so that they are shared out over both threads.
        let clients = try (0..<32).map { _ in try running.client() }
        #expect(running.eventually { running.server.counters.connectionsOpen == 32 })
        let right = Atomic<Int>(0)
        let problems = Locked<[String]>([])
        // Threads of their own: tasks would wait for those of other tests, longer than a connection may be idle.
        var threads = Threads()
        for (number, client) in clients.enumerated() {
            threads.start {
                do {
                    for turn in 0..<100 {
                        let body = [UInt8](repeating: UInt8(number), count: turn * 97 % 9000)
                        try client.send(
                            "PUT /\(number)/\(turn) HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\r\n")
                        try client.send(body)
                        let wanted = "/\(number)/\(turn) \(body.count) \(EchoHandler.hash(body))"
                        if try client.response().text == wanted { right.add(1, ordering: .relaxed) }
                        if try client.get("/\(number)").text.hasPrefix("/\(number) 0 ") {
                            right.add(1, ordering: .relaxed)
                        }
                    }
                } catch {
                    problems.withLock { $0.append("\(number): \(error)") }
                }
            }
        }
        threads.join()
        #expect(problems.withLock { $0 } == [])
        #expect(right.load(ordering: .relaxed) == 32 * 200)
        let lanes = running.handler.peers.withLock { Set($0.map(\.lane)) }
        #expect(lanes == [0, 1])
        let cpus = running.handler.peers.withLock { Dictionary(grouping: $0, by: \.connection) }
        #expect(cpus.values.allSatisfy { Set($0.map(\.cpu)).count == 1 })
    }

    @Test func `a server can be stopped and started again on the same port`() throws {
        let first = try RunningServer()
        let client = try first.client()
        #expect(try client.get("/x").status == 200)
        first.stop()
        #expect(try client.isClosedByServer())
        let second = try RunningServer(listeners: [.tcp(address: "127.0.0.1", port: first.port)])
        #expect(second.port == first.port)
        #expect(try second.client().get("/y").status == 200)
        second.stop()
        try second.server.start()
        #expect(try second.client().get("/z").status == 200)
        second.stop()
        second.stop()
    }
}
