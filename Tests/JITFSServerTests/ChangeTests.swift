internal import JITFSServer
internal import Locking
internal import PagePool
internal import PseudoFS
internal import Testing
internal import TraceEngine

/// What changes in process is told to who watches.
@Suite struct ChangeTests {
    private final class Ringer: Lookout {
        let bell = Bell()
        func lookAgain() { bell.ring() }
    }

    /// Watches a path, does something, and waits until it is told; were it not, it would wait for good.
    private func expectTold(_ path: String, of server: Server, _ change: () throws -> Void) throws {
        let ringer = Ringer()
        let ticket = server.namespace.watch(
            try server.namespace.walk(path.utf8Span.span, caller: Caller()).node, by: ringer)
        try change()
        ringer.bell.wait()
        server.namespace.watchers.remove(ticket)
        server.namespace.watchers.checkInvariants()
    }

    @Test func `instances, events and pools that come and go in process are told`() throws {
        var configuration = ServerConfiguration()
        configuration.hasDefaultPool = false
        let server = try Server(configuration)
        try expectTold("/tracing/instances", of: server) { try server.engine.createInstance(name: "a") }
        let made = server.engine.instance(named: "a".utf8Span.span)
        let instance = try #require(made)
        try expectTold("/tracing/instances/a/events", of: server) {
            try server.userEvents.define("u:shop/sold u64 id".utf8Span.span)
        }
        try expectTold("/tracing/instances/a/events/shop", of: server) {
            try server.userEvents.remove("shop/sold".utf8Span.span)
        }
        try expectTold("/tracing/instances/a/tracing_on", of: server) { instance.tracingOn = false }
        try expectTold("/tracing/instances/a", of: server) { try server.engine.removeInstance(instance) }
        try expectTold("/pool", of: server) {
            _ = try server.pools.create(name: "p", options: PagePoolOptions(disksizeBytes: 1 << 20))
        }
        let named = server.pools.pool(named: "p".utf8Span.span)
        let pool = try #require(named)
        try expectTold("/pool/p", of: server) { try server.pools.remove(pool) }
        #expect(server.namespace.watchers.count == 0)
    }
}
