internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct UserEventFileTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
        try tree.make("b")
    }

    @Test func `the status is the kernel's text, and says by how many instances each event is wanted`() throws {
        #expect(try tree.text("user_events_status") == "\nActive: 0\nBusy: 0\n")
        try tree.write("dynamic_events", "u:test u64 id\nu:web/hit u64 id", appends: true)
        try tree.write("instances/a/events/user_events/test/enable", "1")
        try tree.write("instances/b/events/user_events/test/enable", "1")
        #expect(try tree.text("user_events_status") == "test # Used by ftrace\nweb/hit\n\nActive: 2\nBusy: 1\n")
        let test = tree.engine.catalogue.snapshot.event(
            system: "user_events".utf8Span.span, name: "test".utf8Span.span)
        let id = UInt64(try #require(test).id)
        #expect(
            try tree.value("user_events_status")
                == .record([
                    .init("active", .unsigned(2)), .init("busy", .unsigned(1)),
                    .init(
                        "events",
                        .list([
                            .record([
                                .init("name", .text("user_events/test")), .init("id", .unsigned(id)),
                                .init("enabled", .unsigned(2)), .init("used_by", .list([.text("ftrace")])),
                            ]),
                            .record([
                                .init("name", .text("web/hit")), .init("id", .unsigned(id + 1)),
                                .init("enabled", .unsigned(0)), .init("used_by", .list([])),
                            ]),
                        ])),
                ]))
    }

    @Test func `what watches it is told by whoever makes the change`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        let watch = try #require(try tree.node("user_events_status").openValueWatch())
        let told = Locked(0)
        watch.onChange { told.withLock { $0 += 1 } }
        watch.arm()
        try tree.write("instances/a/events/web/hit/enable", "1")
        #expect(told.withLock { $0 } == 1)
        watch.close()
        #expect(try tree.node("tracing_on").openValueWatch() == nil)
    }

    @Test func `a removal with fields removes only the event that has them`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id; u32 size", appends: true)
        for other in ["-:web/hit u64 id", "!u:web/hit u32 size; u64 id", "-:hit", "!u:web/hot"] {
            let failure = #expect(throws: Failure.self) { try tree.write("dynamic_events", other, appends: true) }
            #expect(failure?.errno == .noSuchFileOrDirectory, "\(other)")
        }
        try tree.write("dynamic_events", "!u:web/hit u64 id;u32 size", appends: true)
        #expect(try tree.text("dynamic_events") == "")
        let failure = #expect(throws: Failure.self) { try tree.write("dynamic_events", "-:", appends: true) }
        #expect(failure?.errno == .invalidArgument)
    }

    @Test func `packed records are told from lines by what the write is called`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        try tree.write("instances/a/events/web/hit/enable", "1")
        let event = tree.engine.catalogue.snapshot.event(system: "web".utf8Span.span, name: "hit".utf8Span.span)
        let id = try #require(event).id
        var body = ByteBuffer()
        body.append("jtev\u{1}\0\0\0")
        for number: UInt64 in 1...2 {
            let start = body.count
            body.append(repeating: 0, count: 20)
            body.store(16, size: 2, at: start)
            body.store(UInt64(id), size: 2, at: start + 4)
            body.store(number, size: 8, at: start + 12)
        }
        let node = try tree.node("user_events_data")
        #expect(node.declaration.bodyForms == [.events])
        try node.write(body.span, WriteRequest(appends: true, form: .events, caller: tree.caller))
        #expect(try tree.pipe("instances/a/trace_pipe").split(separator: "\n").count == 2)
        body.append(0)
        let packed = #expect(throws: Failure.self) {
            try node.write(body.span, WriteRequest(appends: true, form: .events, caller: tree.caller))
        }
        #expect(packed?.record == 3 && packed?.offset == 48 && packed?.written == 2 && packed?.line == nil)
        #expect(packed?.subject == .content)
        let lines = #expect(throws: Failure.self) {
            try node.write(body.span, WriteRequest(appends: true, caller: tree.caller))
        }
        #expect(lines?.line == 1 && lines?.record == nil && lines?.offset == nil)
    }
}
