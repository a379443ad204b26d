import Bytes
import JITFSTestSupport
import ProcFS
import PseudoFS
import Synchronization
import SystemPackage
import Testing

@Suite struct ClientTests {
    private static let files = [
        "address", "age", "agent", "bytes", "comm", "path", "requests", "status", "streams",
    ]

    private static var report: ClientReport {
        var report = ClientReport()
        report.address = "192.0.2.7:49152"
        report.agent = "curl/8.5.0 (x)\tand more"
        report.ageNanoseconds = 61_900_000_000
        report.requests = 3
        report.receivedBytes = 10
        report.sentBytes = 2000
        report.isRunning = true
        report.path = "/tracing/trace"
        return report
    }

    @Test func `a client's files say what is known of it`() throws {
        let tree = ProcTree()
        tree.clients.add(MadeUpClient(7, Self.report))
        #expect(try tree.names("/proc/7") == Self.files)
        let texts = [
            "address": "192.0.2.7:49152\n", "age": "61\n", "agent": "curl/8.5.0 (x)\tand more\n",
            "bytes": "received: 10\nsent: 2000\n", "comm": "curl/8.5.0\n", "path": "/tracing/trace\n",
            "requests": "3\n", "streams": "0\n",
            "status":
                "Name:\tcurl/8.5.0\nState:\tR (running)\nPid:\t7\nTransport:\ttcp\nAddress:\t192.0.2.7:49152\n"
                + "Agent:\tcurl/8.5.0 (x)\\011and more\nAge:\t61\nRequests:\t3\nBytesReceived:\t10\nBytesSent:\t2000\n"
                + "Streams:\t0\nPath:\t/tracing/trace\n",
        ]
        for (name, text) in texts { #expect(try tree.text("/proc/7/" + name) == text, "\(name)") }
        #expect(
            try tree.json("/proc/7/status")
                == #"{"name":"curl/8.5.0","state":"running","pid":7,"peer_pid":null,"transport":"tcp","#
                + #""address":"192.0.2.7:49152","agent":"curl/8.5.0 (x)\tand more","age_seconds":61,"requests":3,"#
                + #""bytes_received":10,"bytes_sent":2000,"streams":0,"path":"/tracing/trace"}"#)
    }

    @Test func `a client over a unix socket is called what its process is`() throws {
        let tree = ProcTree()
        var report = Self.report
        report.transport = .unix
        report.address = ""
        report.process = (77, "shop")
        report.streams = 1
        tree.clients.add(MadeUpClient(8, report))
        #expect(try tree.text("/proc/8/comm") == "shop\n")
        let status = try tree.text("/proc/8/status")
        #expect(status.hasPrefix("Name:\tshop\nState:\tS (sleeping)\nPid:\t8\nPeerPid:\t77\nTransport:\tunix\n"))
    }

    @Test func `clients are listed by the bytes of their names, and the listing goes on behind any`() throws {
        let numbers: [UInt64] = [1, 2, 9, 10, 11, 19, 20, 99, 100, 101, 1000, 123_456_789, 9_999_999_999_999_999_999]
        let tree = ProcTree(MadeUpClients(numbers.shuffled()))
        let sorted = numbers.map(String.init).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let all = try tree.names("/proc")
        #expect(all.filter { $0.utf8.first.map { $0 < 0x3A } ?? false } == sorted)
        for (index, name) in all.enumerated() {
            #expect(try tree.names("/proc", after: name) == Array(all[(index + 1)...]))
        }
        #expect(try tree.names("/proc", after: "10") == Array(all[2...]))
    }

    @Test func `ten thousand clients can be listed, and each can be walked to`() throws {
        let tree = ProcTree(MadeUpClients(1...10000))
        let names = try tree.names("/proc")
        #expect(names.count == 10000 + 7)
        #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for number in stride(from: 1, through: 10000, by: 97) {
            #expect(try tree.text("/proc/\(number)/requests") == "0\n")
        }
    }

    @Test(arguments: ["0", "07", "+7", "7 ", "8", "x", "99999999999999999999", "18446744073709551623", "-7"])
    func `what is no client's name is not there`(name: String) {
        let tree = ProcTree(MadeUpClients([7]))
        #expect(throws: Failure.self) { try tree.node("/proc/" + name) }
    }

    @Test func `it goes with the client, also while a file of it is held`() throws {
        let tree = ProcTree(MadeUpClients([7, 8]))
        let held = try tree.node("/proc/7/status")
        let directory = try tree.node("/proc/7")
        let reader = try directory.entries()
        #expect(reader.next()?.name == "address")
        tree.clients.remove(7)
        #expect(held.isGone)
        #expect(throws: Failure.self) { try held.read() }
        do throws(Failure) {
            _ = try held.read()
        } catch {
            #expect(error.errno == .operationNotSupportedByDevice)
        }
        #expect(reader.next()?.name == nil)
        do {
            _ = try tree.node("/proc/7/status")
            Issue.record("it is still there")
        } catch let failure as Failure {
            #expect(failure.errno == .noSuchFileOrDirectory)
        }
        #expect(try tree.names("/proc").prefix(1) == ["8"])
        // The number is never another's; were it, its directory would be another one.
        tree.clients.add(MadeUpClient(7))
        #expect(held.isGone)
        #expect(try tree.text("/proc/7/requests") == "0\n")
        tree.namespace.checkInvariants()
    }

    @Test func `removing it closes the connection, one's own after the answer`() throws {
        let tree = ProcTree(MadeUpClients([7, 8]))
        let (seven, eight) = (try #require(tree.clients[7]), try #require(tree.clients[8]))
        try tree.node("/proc/7").remove(Caller(connection: 8))
        #expect(seven.endings == [false])
        try tree.node("/proc/8").remove(Caller(connection: 8))
        #expect(eight.endings == [true])
        #expect(throws: Failure.self) { try tree.node("/proc/8") }
    }

    @Test func `who watches a file of it is told of its end`() throws {
        let tree = ProcTree(MadeUpClients([7]))
        let seven = try #require(tree.clients[7])
        let calls = Atomic<Int>(0)
        let watch = try #require(try tree.node("/proc/7/requests").openValueWatch())
        let other = try #require(try tree.node("/proc/7/requests").openValueWatch())
        watch.onChange { calls.add(1, ordering: .relaxed) }
        watch.arm()
        #expect(seven.observerCount == 2)
        other.close()
        #expect(seven.observerCount == 1)
        tree.clients.remove(7)
        #expect(calls.load(ordering: .relaxed) == 1)
        watch.close()
    }

    @Test func `it needs an administrator, or whose it is`() throws {
        let tree = ProcTree(MadeUpClients([7]))
        for path in ["/proc/7"] + Self.files.map({ "/proc/7/" + $0 }) {
            let node = try tree.node(path)
            #expect(node.declaration.readAuthority == .admin)
            #expect(node.isOwn(of: Caller(connection: 7)))
            #expect(!node.isOwn(of: Caller(connection: 8)))
            #expect(!node.isOwn(of: Caller()))
        }
        #expect(try tree.node("/proc/7").declaration.changeAuthority == .admin)
        let mounts = try tree.node("/proc/mounts")
        #expect(mounts.declaration.readAuthority == .read && !mounts.isOwn(of: Caller(connection: 7)))
    }

    @Test func `clients come and go while others list and read`() {
        let seed = Seed.next()
        let tree = ProcTree(MadeUpClients(1...50))
        var threads = Threads()
        for writer in 0..<2 {
            threads.start {
                var random = SeededGenerator(seed: seed &+ UInt64(writer))
                for round in 0..<400 {
                    let number = UInt64.random(in: 1...100, using: &random)
                    if round % 2 == 0 { tree.clients.remove(number) } else { tree.clients.add(MadeUpClient(number)) }
                }
            }
        }
        for reader in 0..<3 {
            threads.start {
                var random = SeededGenerator(seed: seed &+ 100 &+ UInt64(reader))
                for _ in 0..<200 {
                    let caller = Caller(lane: reader)
                    let names = (try? tree.names("/proc")) ?? []
                    #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
                    let number = UInt64.random(in: 1...100, using: &random)
                    do throws(Failure) {
                        let node = try tree.namespace.walk("/proc/\(number)/status".utf8Span.span, caller: caller).node
                        _ = try node.read()
                    } catch {
                        #expect(error.errno == .noSuchFileOrDirectory || error.errno == .operationNotSupportedByDevice)
                    }
                }
            }
        }
        threads.join()
        tree.namespace.checkInvariants()
    }
}
