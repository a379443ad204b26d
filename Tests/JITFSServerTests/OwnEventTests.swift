internal import Bytes
internal import PseudoFS
internal import Testing
internal import TraceEngine

@testable internal import JITFSServer

@Suite struct OwnEventTests {
    @Test(arguments: OwnEvents.all.map(\.name))
    func `the format of each own event parses, and says where its fields are stored`(_ name: String) throws {
        let definition = try #require(OwnEvents.all.first { $0.name == name })
        let format = try EventFormat(parsing: definition.format.utf8Span.span)
        #expect(format.printProblem == nil)
        #expect(format.fields.map(\.offset) == definition.offsets)
        #expect(format.fixedSize == definition.fixedSize)
    }

    @Test func `a walk that makes nodes is told where the event is on`() throws {
        var configuration = ServerConfiguration()
        configuration.listeners = [.tcp(address: "127.0.0.1", port: 0)]
        let server = try Server(configuration)
        let found = server.engine.catalogue.snapshot.event(
            system: "jitfs".utf8Span.span, name: "node_made".utf8Span.span)
        let event = try #require(found)
        try server.engine.top.setEnabled(event, true)
        _ = try server.namespace.walk("/sys/limits/nodes".utf8Span.span, caller: Caller())
        let file = try server.namespace.walk("/tracing/trace".utf8Span.span, caller: Caller()).node.open(
            ReadRequest(form: .text))
        var out = ByteBuffer()
        while file.read(into: &out, limit: 1000) == .more {}
        let lines = out.text.split(separator: "\n").filter { $0.contains("node_made: ") }
        #expect(lines.prefix(3).map { $0.split(separator: " ").last } == ["/sys", "/sys/limits", "/sys/limits/nodes"])
    }

    @Test func `the limits are files that show what is set`() throws {
        var configuration = ServerConfiguration()
        try configuration.limits.set("nodes=2000")
        let server = try Server(configuration)
        for path in ["/sys/limits/nodes", "/sys/fs/jitfs/nodes_limit"] {
            let node = try server.namespace.walk(path.utf8Span.span, caller: Caller()).node
            #expect(try node.read().value == .unsigned(2000))
        }
    }
}
