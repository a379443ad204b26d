internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import Synchronization
internal import SystemPackage
internal import Testing
internal import TraceEngine
internal import TraceFS

@Suite struct OwnerTests {
    let tree: TraceTree
    let owner: Owner

    init() throws {
        tree = try TraceTree()
        owner = try tree.namespace.owners.make("shop").owner
        try tree.make("other")
    }

    // MARK: instances

    @Test func `an instance goes with its owner, also under somebody who reads it`() throws {
        try tree.node("instances").make("mine", CreateRequest(owner: owner))
        #expect(owner.entryCount == 1)
        let pipe = try tree.node("instances/mine/trace_pipe").open(ReadRequest(form: .text, caller: tree.caller))
        let node = try tree.node("instances/mine/tracing_on")
        owner.release()
        #expect(try tree.names("instances") == ["other/"])
        var out = ByteBuffer()
        #expect(pipe.read(into: &out, limit: 100) == .end)
        pipe.close()
        #expect(failure { () throws(Failure) in try node.read() }?.errno == .operationNotSupportedByDevice)
        #expect(failure { () throws(Failure) in try tree.node("instances/mine") }?.errno == .noSuchFileOrDirectory)
        tree.namespace.checkInvariants()
    }

    @Test func `an instance that was made again by another is not the owner's`() throws {
        try tree.node("instances").make("mine", CreateRequest(owner: owner))
        try tree.remove("instances/mine")
        #expect(owner.entryCount == 0)
        try tree.make("mine")
        owner.release()
        #expect(try tree.names("instances") == ["mine/", "other/"])
    }

    @Test func `a released owner takes no instance and no event, and nothing stays`() throws {
        owner.release()
        let made = failure { () throws(Failure) in try tree.node("instances").make("mine", CreateRequest(owner: owner))
        }
        #expect(made?.errno == .noSuchFileOrDirectory && made?.subject == .content)
        for (file, line) in [
            ("dynamic_events", "u:late u64 id"), ("dynamic_events", "s:late2 u64 id"),
            ("synthetic_events", "late3 u64 id"),
        ] {
            let refused = failure { () throws(Failure) in try define(line, file, for: owner) }
            #expect(refused?.errno == .noSuchFileOrDirectory && refused?.subject == .content)
        }
        #expect(try tree.names("instances") == ["other/"])
        #expect(try tree.text("dynamic_events") == "")
    }

    // MARK: events

    @Test func `an event goes with its owner though it is enabled and has triggers`() throws {
        try define("u:test u64 id; u32 n", for: owner)
        for instance in ["", "instances/other/"] {
            try tree.write("\(instance)events/user_events/test/enable", "1")
            try tree.write("\(instance)events/user_events/test/trigger", "traceoff:3 if id > 3", appends: true)
            try tree.write(
                "\(instance)events/shop/order/trigger", "enable_event:user_events:test", appends: true)
            try tree.write("\(instance)events/shop/order/trigger", "traceon", appends: true)
        }
        try tree.write("events/shop/order/enable", "1")
        let busy = failure { () throws(Failure) in try tree.write("dynamic_events", "-:test", appends: true) }
        #expect(busy?.errno == .resourceBusy)
        let node = try tree.node("instances/other/events/user_events/test/enable")
        owner.release()
        #expect(try tree.text("dynamic_events") == "")
        #expect(try tree.names("events").contains("user_events/") == false)
        #expect(failure { () throws(Failure) in try node.read() }?.errno == .operationNotSupportedByDevice)
        for instance in ["", "instances/other/"] {
            #expect(try tree.text("\(instance)events/shop/order/trigger") == "traceon:unlimited\n")
        }
        #expect(try tree.text("set_event") == "shop:order\n")
        check()
        // Its id and its name can be had again.
        try define("u:test u32 other", for: nil)
        try tree.write("events/user_events/test/enable", "1")
        #expect(try tree.text("events/user_events/test/enable") == "1\n")
        check()
    }

    @Test func `histograms of an event that goes, and those that ask for their variables, go with it`() throws {
        try define("u:test u64 id", for: owner)
        try define("lat u64 id; u64 n", "synthetic_events", for: owner)
        try tree.write("events/user_events/test/trigger", "hist:keys=id:a=id", appends: true)
        try tree.write(
            "events/shop/order/trigger", "hist:keys=id:onmatch(user_events.test).lat($a,$a)", appends: true)
        try tree.write("events/shop/order/trigger", "hist:keys=qty", appends: true)
        try tree.write("events/synthetic/lat/enable", "1")
        owner.release()
        #expect(try tree.text("dynamic_events") == "")
        let left = try tree.text("events/shop/order/trigger")
        #expect(left.hasPrefix("hist:keys=qty:") && left.split(separator: "\n").count == 1)
        check()
    }

    @Test func `an event of several owners goes with the last of them`() throws {
        let other = try tree.namespace.owners.make("other").owner
        try define("u:test u64 id", for: owner)
        try define("u:test u64 id", for: owner)
        try define("u:test u64 id", for: other)
        #expect(owner.entryCount == 1 && other.entryCount == 1)
        owner.release()
        #expect(try tree.text("dynamic_events") == "u:test u64 id\n")
        other.release()
        #expect(try tree.text("dynamic_events") == "")
    }

    @Test func `an event that was defined for nobody, before or after, stays`() throws {
        try define("u:before u64 id", for: nil)
        try define("u:before u64 id", for: owner)
        try define("u:after u64 id", for: owner)
        try define("u:after u64 id", for: nil)
        #expect(owner.entryCount == 0)
        owner.release()
        #expect(try tree.text("dynamic_events") == "u:before u64 id\nu:after u64 id\n")
    }

    @Test func `an event that was removed and defined again is not the owner's`() throws {
        for removal in ["-:test", ""] {
            try define("u:test u64 id", for: owner)
            try define("lat u64 id", "synthetic_events", for: owner)
            #expect(owner.entryCount == 2)
            try tree.write("dynamic_events", removal, appends: !removal.isEmpty)
            try tree.write("synthetic_events", "")
            #expect(owner.entryCount == 0)
        }
        try define("u:test u64 id", for: nil)
        owner.release()
        #expect(try tree.text("dynamic_events") == "u:test u64 id\n")
    }

    @Test func `lines that were taken before a bad one have their owner`() throws {
        let refused = failure { () throws(Failure) in try define("u:one u64 id\nnonsense\nu:two u64 id", for: owner) }
        #expect(refused?.line == 2 && refused?.written == 1)
        #expect(owner.entryCount == 1)
        owner.release()
        #expect(try tree.text("dynamic_events") == "")
    }

    @Test func `owners that come and go beside those who enable leave nothing`() throws {
        let seed = Seed.next()
        let isOver = Flag()
        var enablers = Threads()
        for worker in 0..<2 {
            enablers.start { [tree] in
                var random = SeededGenerator(seed: seed &+ UInt64(worker))
                while !isOver.isSet {
                    let name = "e\(Int.random(in: 0..<3, using: &random))"
                    let value = Bool.random(using: &random) ? "1" : "0"
                    try? tree.write("events/user_events/\(name)/enable", value)
                    try? tree.write(
                        "instances/other/events/shop/order/trigger",
                        (value == "0" ? "!" : "") + "enable_event:user_events:\(name)", appends: true)
                    try? tree.write("set_event", "user_events", appends: true)
                }
            }
        }
        var owners = Threads()
        for worker in 0..<2 {
            owners.start { [tree] in
                for round in 0..<100 {
                    let owner = Owner(name: "w\(worker)", in: tree.namespace)
                    for index in 0..<3 { try? define("u:e\(index) u64 id", for: owner, in: tree) }
                    if round % 10 == 0 { try? tree.node("instances").make("w\(worker)", CreateRequest(owner: owner)) }
                    owner.release()
                }
            }
        }
        owners.join()
        isOver.set()
        enablers.join()
        #expect(try tree.text("dynamic_events") == "", "seed \(seed)")
        #expect(try tree.names("instances") == ["other/"], "seed \(seed)")
        check()
    }

    private func define(_ lines: String, _ file: String = "dynamic_events", for owner: Owner?) throws(Failure) {
        try define(lines, file, for: owner, in: tree)
    }

    private func define(
        _ lines: String, _ file: String = "dynamic_events", for owner: Owner?, in tree: TraceTree
    ) throws(Failure) {
        try tree.node(file).write(
            Array(lines.utf8).span, WriteRequest(appends: true, owner: owner, caller: tree.caller))
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    private func check() {
        for instance in [tree.engine.top] + tree.engine.instances { instance.checkInvariants() }
        tree.namespace.checkInvariants()
        tree.namespace.owners.checkInvariants()
    }

    private func failure<Result>(_ body: () throws(Failure) -> Result) -> Failure? {
        do throws(Failure) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }
}
