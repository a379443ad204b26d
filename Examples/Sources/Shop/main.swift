// A shop that can be looked into while it runs: values in /debug/shop, events in /tracing/events/shop.
//
//     curl http://127.0.0.1:8470/debug/shop/orders
//     curl -X PUT -d 0 http://127.0.0.1:8470/debug/shop/open
//     curl -X PUT -d 1 http://127.0.0.1:8470/tracing/events/shop/sold/enable
//     curl -N http://127.0.0.1:8470/tracing/trace_pipe
import DebugFS
import Foundation
import JITFSServer
import PseudoFS
import TraceEngine

/// What the shop shows of itself. It goes with the shop: the owner takes all of it along.
final class Shop: Sendable {
    private let owner = Owner(name: "shop")
    private let orders: DebugValue<UInt64>
    private let cents: DebugValue<UInt32>
    private let isOpen: DebugBool
    private let sold: Tracepoint

    init(in server: Server) throws {
        let directory = try server.debug.root.directory("shop", owner: owner)
        orders = try directory.u64("orders", mode: 0o444)
        cents = try directory.u32("cents", 1995)
        isOpen = try directory.bool("open", true)
        let began = Date.now
        try directory.file(
            "since", mode: 0o444, read: { out in out.append("\(Int(-began.timeIntervalSinceNow)) s\n") })

        try server.userEvents.define("u:shop/sold u64 order; u32 cents".utf8Span.span)
        let events = server.engine.catalogue.snapshot
        guard let event = events.event(system: "shop".utf8Span.span, name: "sold".utf8Span.span) else {
            preconditionFailure("it was defined just now")
        }
        sold = Tracepoint(event, in: server.engine, task: TraceTask(pid: getpid(), comm: "shop"))
    }

    /// Sells something, if the shop is open: PUT to /debug/shop/open closes it.
    func sell() {
        guard isOpen.value else { return }
        let order = orders.add(1)
        let price = cents.value
        sold.fire(fixedSize: 20) { record in  // enabled nowhere, it is a load and a branch
            record.store(order, at: 8)  // offsets as in /tracing/events/shop/sold/format
            record.store(price, at: 16)
        }
    }
}

var configuration = ServerConfiguration()
configuration.hasDefaultPool = false
try configuration.listen(on: CommandLine.arguments.dropFirst().first ?? "127.0.0.1:8470")
let server = try Server(configuration)
let shop = try Shop(in: server)
try server.start()
FileHandle.standardOutput.write(Data("\(server.addresses[0])\n".utf8))

while true {
    shop.sell()
    usleep(10_000)
}
