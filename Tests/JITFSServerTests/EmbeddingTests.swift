import Bytes
import DebugFS
import Glibc
import JITFSServer
import PseudoFS
import Testing
import TraceEngine

@Suite struct EmbeddingTests {
    @Test func `the example of the README runs, and records what it fires`() throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: "127.0.0.1:0")
        let server = try Server(configuration)
        try server.start()
        print(server.addresses)  // ["http://127.0.0.1:40123"]

        // An event of the program's own, which curl finds as /tracing/events/shop/sold.
        try server.userEvents.define("u:shop/sold u64 id; u32 cents".utf8Span.span)
        let events = server.engine.catalogue.snapshot
        let event = events.event(system: "shop".utf8Span.span, name: "sold".utf8Span.span)!
        let sold = Tracepoint(event, in: server.engine, task: TraceTask(pid: getpid(), comm: "shop"))

        // What `mkdir instances/mine` and `echo 1 > enable` do.
        let mine = try server.engine.createInstance(name: "mine")
        try mine.setEnabled(event, true)

        sold.fire(fixedSize: 20) { record in  // enabled nowhere, it is a load and a branch
            record.store(UInt64(42), at: 8)  // offsets as in the event's format
            record.store(UInt32(1995), at: 16)
        }

        let shop = try server.debug.root.directory("shop")  // or a DebugFS() of one's own, mounted in a Namespace
        let orders = try shop.u32("orders")
        orders.add(1)  // /debug/shop/orders reads 1, and who watches it is told
        try shop.file("report", read: { (out) throws(Failure) in out.append("all is well\n") })

        let report = try server.namespace.walk("/debug/shop/report".utf8Span.span, caller: Caller()).node
        #expect(try report.read().value == .text("all is well"))
        #expect(mine.entryCounts.inBuffer == 1)
        server.stop()
        #expect(server.addresses.isEmpty)
    }
}
