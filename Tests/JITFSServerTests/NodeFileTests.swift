internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@testable internal import JITFSServer

@Suite struct NodeFileTests {
    private static let counts = ["bytes", "eager", "live", "made", "pinned", "reclaimed"].map { "nodes_" + $0 }

    private func number(_ server: Server, _ path: String) throws -> UInt64 {
        let value = try server.namespace.walk("/sys/fs/jitfs/\(path)".utf8Span.span, caller: Caller()).node.read().value
        guard case .unsigned(let number) = value else { throw Failure(.invalidArgument) }
        return number
    }

    @Test func `every type of file system has its files, and no other has`() throws {
        let server = try Server(ServerConfiguration())
        let reader = try server.namespace.walk("/sys/fs/jitfs".utf8Span.span, caller: Caller()).node.entries()
        var found: Set<String> = []
        while let entry = reader.next() {
            guard entry.name != "owners", let inner = reader.descend() else { continue }
            var names: [String] = []
            while let file = inner.next() { names.append(file.name) }
            #expect(names == Self.counts, "\(entry.name)")
            found.insert(entry.name)
        }
        #expect(found == Set(FileSystem.types(of: server.namespace.mounts)))
    }

    @Test func `the parts sum to the whole`() throws {
        let server = try Server(ServerConfiguration())
        for path in [
            "/tracing/events/enable", "/pool/ramzswap0/mm_stat", "/sys/limits/nodes", "/metrics", "/debug",
            "/proc/uptime",
        ] {
            _ = try server.namespace.walk(path.utf8Span.span, caller: Caller())
        }
        let statistics = server.namespace.statistics
        for type in FileSystem.types(of: server.namespace.mounts) {
            #expect(statistics[type: type].live > 0, "\(type)")
            #expect(statistics[type: type].bytes > 0, "\(type)")
        }
        // All lanes of the caches hold still: what is read is walked to before.
        for name in Self.counts {
            for type in [""] + statistics.parts.map({ $0.type + "/" }) { _ = try number(server, type + name) }
        }
        for name in Self.counts {
            let parts = try statistics.parts.map { try number(server, "\($0.type)/\(name)") }
            #expect(try number(server, name) == parts.reduce(0, +), "\(name)")
        }
    }

    @Test func `a file system is eager where that is asked for, and its nodes are told apart`() throws {
        var configuration = ServerConfiguration()
        configuration.eager = ["tracing", "tracing"]
        let server = try Server(configuration)
        let before = try number(server, "tracefs/nodes_eager")
        #expect(before > 100)
        #expect(try number(server, "nodes_eager") == before)
        #expect(try number(server, "tracefs/nodes_live") == 0)
        #expect(try number(server, "tracefs/nodes_bytes") <= 160 * before)
        _ = try server.engine.createInstance(name: "quiet")
        server.namespace.refresh()
        #expect(try number(server, "tracefs/nodes_eager") > before)
        server.namespace.checkInvariants()
    }

    @Test(arguments: ["", "none", "/tracing", "sys", "tracing/events"])
    func `only what is mounted can be eager`(_ name: String) {
        var configuration = ServerConfiguration()
        configuration.eager = [name]
        #expect(throws: ConfigurationError.self) { try Server(configuration) }
    }
}
