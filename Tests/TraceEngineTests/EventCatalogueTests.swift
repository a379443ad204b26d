internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct EventCatalogueTests {
    @Test func `events are found by names and ids, sorted in their systems, ordered as they came`() throws {
        let fixture = TraceFixture()
        try fixture.add("sched", "sched_switch", "sched_fork")
        try fixture.add("user_events", "mine", origin: .dynamic)
        try fixture.add("irq", "softirq_entry")
        let snapshot = fixture.engine.catalogue.snapshot
        #expect(snapshot.systems.map(\.name) == ["irq", "sched", "user_events"])
        #expect(snapshot.systems[1].events.map(\.name) == ["sched_fork", "sched_switch"])
        #expect(snapshot.eventsInOrder.map(\.name) == ["sched_switch", "sched_fork", "softirq_entry", "mine"])
        let event = fixture.event("irq", "softirq_entry")
        #expect(event.id >= 32)
        #expect(snapshot.event(id: event.id) === event)
        #expect(snapshot.event(id: 31) == nil)
        #expect(snapshot.event(id: 60_000) == nil)
        #expect(snapshot.system(named: "none".utf8Span.span) == nil)
        fixture.engine.catalogue.checkInvariants()
    }

    @Test func `the events of ftrace have Linux' ids and cannot be enabled`() throws {
        let fixture = TraceFixture()
        try fixture.add("ftrace", "print", "function", "raw_data")
        #expect(fixture.event("ftrace", "print").id == 5)
        #expect(fixture.event("ftrace", "function").id == 1)
        #expect(fixture.engine.catalogue.snapshot.eventsInOrder.isEmpty)
        #expect(throws: Errno.invalidArgument) {
            try fixture.engine.top.setEnabled(fixture.event("ftrace", "print"), true)
        }
        #expect(throws: Errno.invalidArgument) { try fixture.add("ftrace", "nosuch") }
        fixture.engine.catalogue.checkInvariants()
    }

    @Test func `a taken name, a bad one or one too many adds nothing`() throws {
        let fixture = TraceFixture { $0.eventsMax = 3 }
        try fixture.add("a", "one")
        #expect(throws: Errno.fileExists) { try fixture.add("a", "two", "one") }
        #expect(throws: Errno.fileExists) { try fixture.add("a", "two", "two") }
        for name in ["", ".", "..", "a/b", "a b", "a:b", "a\n"] {
            #expect(throws: Errno.invalidArgument) { try fixture.add("a", name) }
        }
        #expect(throws: Errno.tooManyOpenFilesInSystem) { try fixture.add("a", "two", "three", "four") }
        #expect(fixture.engine.catalogue.snapshot.eventCount == 1)
        try fixture.add("a", "two", "three")
        fixture.engine.catalogue.checkInvariants()
    }

    @Test func `an id is not used again while others are free`() throws {
        let fixture = TraceFixture()
        try fixture.add("d", "one", origin: .dynamic)
        let first = fixture.event("d", "one")
        try fixture.engine.remove(first)
        #expect(first.isDead)
        #expect(fixture.engine.catalogue.snapshot.systems.isEmpty)
        try fixture.add("d", "one", origin: .dynamic)
        #expect(fixture.event("d", "one").id != first.id)
        #expect(throws: Errno.noSuchFileOrDirectory) { try fixture.engine.remove(first) }
        #expect(throws: Errno.operationNotSupportedByDevice) { try fixture.engine.top.setEnabled(first, true) }
        fixture.engine.catalogue.checkInvariants()
    }

    @Test func `ids go round without meeting the living`() throws {
        let catalogue = EventCatalogue(eventsMax: 65_504)
        func add(_ count: Int, _ system: String) throws -> [TraceEvent] {
            try catalogue.add(
                (0..<count).map {
                    EventCatalogue.Definition(system: system, name: "e\($0)", format: .own([]), origin: .dynamic)
                })
        }
        _ = try add(64_000, "stays")
        let gone = try add(1504, "goes")
        #expect(gone.last!.id == 65_535)
        #expect(throws: Errno.tooManyOpenFilesInSystem) { _ = try add(1, "more") }
        for event in gone.suffix(3) { try catalogue.remove(event) }
        #expect(try add(3, "more").map(\.id) == [65_533, 65_534, 65_535])
        catalogue.checkInvariants()
    }

    @Test func `the format text tells jitfs' own id`() throws {
        let fixture = TraceFixture()
        try fixture.add("a", "one")
        let event = fixture.event("a", "one")
        var out = ByteBuffer()
        event.appendFormat(to: &out)
        #expect(out.text == "name: x\nID: \(event.id)\nformat:\n")
        let blob = FormatBlob(Array("##ID: 5\n##".utf8))
        out.removeAll()
        EventFormatText.slice(blob, 2..<8).append(to: &out, id: 300)
        #expect(out.text == "ID: 300\n")
    }
}
