import Foundation
import JITFSServer
import JITFSTestSupport
import PseudoFS
import Testing
import TraceEngine

/// `/proc` over sockets: connections are what it is about.
struct ProcTests {
    /// A server on a free port and on a unix socket, for one test.
    private final class Running: Sendable {
        let tree: ServedTree
        let port: UInt16
        let socket: String
        private let tokens: String?

        init(tokens: String? = nil, limits: [String] = []) throws {
            let folder = FileManager.default.temporaryDirectory.path
            socket = folder + "/jitfs-proc-\(UUID().uuidString.prefix(8))"
            var configuration = ServedTree.configuration()
            for limit in limits { try configuration.limits.set(limit) }
            self.tokens = tokens.map { _ in folder + "/jitfs-tokens-\(UUID().uuidString)" }
            if let tokens, let file = self.tokens {
                try tokens.write(toFile: file, atomically: true, encoding: .utf8)
                configuration.tokenFile = file
            }
            try configuration.listen(on: "127.0.0.1:0")
            configuration.listeners.append(.unix(path: socket))
            tree = try ServedTree(configuration)
            try tree.server.start()
            port = try #require(tree.server.addresses.first?.split(separator: ":").last.flatMap { UInt16($0) })
        }

        deinit {
            tree.server.stop()
            if let tokens { try? FileManager.default.removeItem(atPath: tokens) }
        }

        func connection() throws -> KeptConnection { try KeptConnection(port: port) }
    }

    /// The number of a connection, as it is told itself.
    private func number(of connection: KeptConnection, _ headers: [(String, String)] = []) throws -> Int {
        let path = try connection.send("GET", "/proc/self/status?raw", headers).body
        let line = try #require(path.split(separator: "\n").first { $0.hasPrefix("Pid:\t") })
        return try #require(Int(line.dropFirst(5)))
    }

    private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<2000 {
            if try condition() { return true }
            usleep(5000)
        }
        return try condition()
    }

    private func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    // MARK: what it shows

    @Test func `self leads to the connection that asks`() throws {
        let running = try Running()
        let (one, other) = (try running.connection(), try running.connection())
        let first = try number(of: one)
        let second = try number(of: other)
        #expect(Set([first, second]) == [2, 3])
        let status = try one.send("GET", "/proc/self/status?raw", [("User-Agent", "later")])
        #expect(status.body.contains("\nPath:\t/proc/self/status\n"))
        #expect(status.body.contains("\nState:\tR (running)\n"))
        #expect(status.body.contains("\nRequests:\t1\n"))
        let agent = try KeptConnection(port: running.port)
        #expect(
            try agent.send("GET", "/proc/self/agent?raw", [("User-Agent", "tester/1 (x)")]).body == "tester/1 (x)\n")
        #expect(try agent.send("GET", "/proc/self/comm?raw").body == "tester/1\n")
        #expect(try agent.send("GET", "/proc/self/address?raw").body.hasPrefix("127.0.0.1:"))
        #expect(try agent.send("GET", "/proc/\(first)/path?raw").body == "\n")
        let listing = try agent.send("GET", "/proc/self").body
        #expect(listing.contains(#"{"path":"/proc/4","type":"directory","mode":"0500","entries":[{"name":"address","#))
    }

    @Test func `bytes of bodies are counted, of streams too`() throws {
        let running = try Running()
        let (one, other) = (try running.connection(), try running.connection())
        let number = try number(of: one)
        let before = try other.send("GET", "/proc/\(number)/bytes?raw").body
        #expect(before.hasPrefix("received: 0\nsent: "))
        let sent = try #require(before.split(separator: " ").last.flatMap { Int($0.dropLast()) })
        #expect(try one.send("PUT", "/tracing/tracing_on?raw", body: "1\n").body == "1\n")
        #expect(try other.send("GET", "/proc/\(number)/bytes?raw").body == "received: 2\nsent: \(sent + 2)\n")
        #expect(try one.open("/tracing/tracing_on?watch").status == 200)
        let event = try #require(try one.chunk())
        #expect(
            try other.send("GET", "/proc/\(number)/bytes?raw").body == "received: 2\nsent: \(sent + 2 + event.count)\n")
        #expect(try other.send("GET", "/proc/\(number)/streams?raw").body == "1\n")
        #expect(try other.send("GET", "/proc/\(number)/path?raw").body == "/tracing/tracing_on\n")
        #expect(try other.send("GET", "/proc/\(number)/status?raw").body.contains("\nState:\tS (sleeping)\n"))
    }

    @Test func `over a unix socket the process at the other end is told`() throws {
        let running = try Running()
        let connection = try KeptConnection(path: running.socket)
        let status = try connection.send("GET", "/proc/self/status?raw").body
        #expect(status.contains("\nPeerPid:\t\(getpid())\nTransport:\tunix\nAddress:\t\n"))
    }

    @Test func `a connection's directory has the number of its task`() throws {
        let running = try Running()
        let connection = try running.connection()
        let number = try number(of: connection, [("User-Agent", "marker")])
        let task = [("User-Agent", "marker")]
        #expect(try connection.send("POST", "/tracing/trace_marker", task, body: "here").status == 200)
        let trace = try connection.send("GET", "/tracing/trace?raw").body
        #expect(trace.contains("marker-\(number) ") && trace.contains("here"))
    }

    @Test func `what is said of the whole comes from the models`() throws {
        let running = try Running()
        let connection = try running.connection()
        let mounts = try connection.send("GET", "/proc/mounts?raw").body
        #expect(mounts.hasPrefix("jitfs /tracing tracefs rw 0 0\njitfs /pool poolfs rw 0 0\n"))
        #expect(mounts.contains("jitfs /proc proc rw 0 0\n"))
        let types = try connection.send("GET", "/proc/filesystems?raw").body
        for type in ["tracefs", "poolfs", "sysfs", "proc"] { #expect(types.contains("nodev\t\(type)\n")) }
        #expect(types.split(separator: "\n").count == Set(types.split(separator: "\n")).count)
        #expect(try connection.send("GET", "/proc/version?raw").body == "jitfs version \(Server.version)\n")

        let memory = try memory(connection)
        for name in ["mem_total", "vm_size", "vm_rss", "nodes", "catalogue", "pools", "pool_tables"] {
            #expect(try #require(memory[name]) > 0, "\(name)")
        }
        #expect(memory["buffers"] == 0)
        let parts = ["pool_stacks", "pool_tables", "pool_dictionaries", "pool_backing"].compactMap { memory[$0] }
        #expect(parts.reduce(0, +) == memory["pools"])
        #expect(try connection.send("PUT", "/tracing/events/jit/ping/enable", body: "1").status == 200)
        let later = try self.memory(connection)
        #expect(later["buffers"] == running.tree.server.engine.mappedBytes)
        #expect(try #require(later["buffers"]) > 0)

        let uptime = try connection.send("GET", "/proc/uptime?raw").body.split(separator: " ")
        #expect(uptime.count == 2 && uptime.allSatisfy { Double($0.filter { $0 != "\n" }) != nil })
        let stat = try connection.send("GET", "/proc/stat?raw").body
        #expect(stat.contains("\nprocesses 1\nprocs_running 1\n"))
    }

    private func memory(_ connection: KeptConnection) throws -> [String: Int] {
        let body = try connection.send("GET", "/proc/meminfo").body
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        let value = try #require(object["value"] as? [String: Any])
        return value.compactMapValues { $0 as? Int }
    }

    // MARK: going

    @Test func `it goes with the connection, and who watches a file of it is told`() throws {
        let running = try Running()
        let (one, watcher, other) = (try running.connection(), try running.connection(), try running.connection())
        let number = try number(of: one)
        #expect(try watcher.open("/proc/\(number)/streams?watch").status == 200)
        #expect(try watcher.chunk() != nil)
        one.close()
        while try watcher.chunk() != nil {}
        #expect(try eventually { try other.send("GET", "/proc/\(number)/status").status == 404 })
        #expect(try other.send("GET", "/proc/\(number)").body.contains(#""errno":"ENOENT""#))
        #expect(try watcher.send("GET", "/proc/self/streams?raw").body == "0\n")
    }

    @Test func `DELETE closes another's connection, and its stream with it`() throws {
        let running = try Running()
        let (streaming, idle, other) = (try running.connection(), try running.connection(), try running.connection())
        let numbers = (try number(of: streaming), try number(of: idle))
        #expect(try streaming.open("/tracing/trace_pipe?timeout=60").status == 200)
        #expect(try other.send("DELETE", "/proc/\(numbers.0)").status == 204)
        #expect(try other.send("GET", "/proc/\(numbers.0)").status == 404)
        #expect(try streaming.isClosedByServer())
        #expect(
            try eventually { try other.send("GET", "/metrics").body.contains("\njitfs_http_streams 0\n") })
        #expect(try other.send("DELETE", "/proc/\(numbers.1)").status == 204)
        #expect(try idle.isClosedByServer())
        #expect(try other.send("DELETE", "/proc/\(numbers.1)").status == 404)
        #expect(try other.send("GET", "/proc?raw").body.hasPrefix("4/\nfilesystems\n"))
    }

    @Test func `DELETE of one's own is answered, and then it is closed`() throws {
        let running = try Running()
        let connection = try running.connection()
        let number = try number(of: connection)
        let answer = try connection.send("DELETE", "/proc/\(number)")
        #expect(answer.status == 204)
        #expect(answer.headers["connection"]?.lowercased() == "close")
        #expect(try connection.isClosedByServer())
        let next = try running.connection()
        #expect(try next.send("GET", "/proc/\(number)").status == 404)
        let batch = try next.send(
            "POST", "/batch",
            body: #"{"method":"DELETE","path":"/proc/3"}"# + "\n" + #"{"method":"GET","path":"/proc/self"}"# + "\n")
        #expect(batch.body.hasPrefix("{\"status\":204}\n{\"status\":404,"))
        #expect(try next.isClosedByServer())
        #expect(try running.connection().send("DELETE", "/proc/self").status == 405)
    }

    // MARK: who may

    @Test func `one's own needs read, those of others an administrator`() throws {
        let tokens = ["read", "write", "admin"].map { TokenFile.line($0, $0) }.joined()
        let running = try Running(tokens: tokens)
        let (reader, writer, root) = (try running.connection(), try running.connection(), try running.connection())
        let own = try number(of: reader, bearer("read"))
        let others = try number(of: writer, bearer("write"))
        #expect(own == 2 && others == 3)
        #expect(try reader.send("GET", "/proc/self").status == 401)
        #expect(try reader.send("GET", "/proc/2", bearer("read")).status == 200)
        #expect(try reader.send("GET", "/proc/2/agent?raw", bearer("read")).body == "\n")
        #expect(try reader.send("GET", "/proc/2?format=html", bearer("read")).body.contains("127.0.0.1:"))
        #expect(try reader.send("GET", "/proc?raw", bearer("read")).body.hasPrefix("2/\n3/\n"))
        for path in ["/proc/3", "/proc/3/status", "/proc/3/address?raw"] {
            #expect(try reader.send("GET", path, bearer("read")).status == 403)
            #expect(try writer.send("GET", path, bearer("write")).status == 200)
            #expect(try root.send("GET", path, bearer("admin")).status == 200)
        }
        #expect(try writer.send("DELETE", "/proc/2", bearer("write")).status == 403)
        #expect(try reader.send("DELETE", "/proc/3", bearer("read")).status == 403)
        #expect(try reader.send("DELETE", "/proc/2", bearer("read")).status == 204)
        #expect(try root.send("DELETE", "/proc/3", bearer("admin")).status == 204)
        #expect(try writer.isClosedByServer())
        #expect(try root.send("PUT", "/sys/limits/streams", bearer("write"), body: "9").status == 403)
        #expect(try root.send("GET", "/sys/module/jitfs/parameters/threads", bearer("read")).status == 200)
        #expect(try root.send("GET", "/sys/module/jitfs/parameters/token_file", bearer("write")).status == 403)
    }

    // MARK: many

    @Test func `connections come and go while others list them and read their files`() throws {
        let running = try Running()
        let port = running.port
        var threads = Threads()
        for thread in 0..<3 {
            threads.start {
                for round in 0..<60 {
                    guard let connection = try? KeptConnection(port: port) else { continue }
                    let answer = try? connection.send("GET", "/proc/self/requests?raw")
                    #expect(answer?.body == "0\n")
                    if round % 3 == thread {
                        let listing = try? connection.send("GET", "/proc/self/status")
                        #expect(listing?.status == 200)
                    }
                    connection.close()
                }
            }
        }
        for _ in 0..<2 {
            threads.start {
                guard let connection = try? KeptConnection(port: port) else { return }
                for _ in 0..<60 {
                    let names = (try? connection.send("GET", "/proc?raw").body.split(separator: "\n")) ?? []
                    #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
                    for name in names.prefix(5) where name.hasSuffix("/") {
                        let status = try? connection.send("GET", "/proc/\(name)status?raw").status
                        #expect(status == 200 || status == 404)
                    }
                }
            }
        }
        threads.join()
        let last = try running.connection()
        #expect(
            try eventually {
                try last.send("GET", "/proc?raw").body.split(separator: "\n").filter { $0.hasSuffix("/") }.count == 1
            })
        running.tree.server.namespace.checkInvariants()
    }
}
