internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct InstanceFilterTests {
    private let fixture = TraceFixture()
    private let one: TraceInstance
    private let two: TraceInstance
    private let event: TraceEvent

    init() throws {
        try fixture.engine.catalogue.add(
            system: "jit", name: "ping", format: .own(Array(FilterFixture.text.utf8)), origin: .dynamic)
        try fixture.add("jit", "bare")
        event = fixture.event("jit", "ping")
        one = try fixture.engine.createInstance(name: "one")
        two = try fixture.engine.createInstance(name: "two")
        try one.setEnabled(event, true)
        try two.setEnabled(event, true)
    }

    private func publish(_ record: FilterFixture.Record, comm: String = "tester", lane: Int = 0) throws -> Int {
        try fixture.engine.publish(
            event, payload: record.bytes.span, task: TraceTask(pid: 42, comm: comm), lane: lane)
    }

    private func set(_ text: String, in instance: TraceInstance) throws {
        try instance.setFilter(text.utf8Span.span, of: event)
    }

    private func text(_ instance: TraceInstance) -> String? {
        instance.filterText(of: event).map { String(repairing: $0.span) }
    }

    @Test func `each instance has its own filter, from the moment it is set`() throws {
        #expect(try publish(.init(a: 1)) == 2)
        try set("a == 1", in: one)
        try set("a == 2", in: two)
        #expect(try publish(.init(a: 1)) == 1)
        #expect(try publish(.init(a: 2)) == 1)
        #expect(try publish(.init(a: 3)) == 0)
        #expect((one.entryCounts.written, two.entryCounts.written) == (2, 2))
        #expect((0..<2).allSatisfy { one.statistics(lane: $0).droppedEvents == 0 })
        try set(" 0\n", in: one)
        #expect(text(one) == nil)
        #expect(try publish(.init(a: 3)) == 1)
        fixture.engine.catalogue.checkInvariants()
    }

    @Test func `a filter outlives disabling, and is there before enabling`() throws {
        try set("a == 1", in: one)
        try one.setEnabled(event, false)
        try one.setEnabled(event, true)
        #expect(try publish(.init(a: 2)) == 1)
        let three = try fixture.engine.createInstance(name: "three")
        try set("a == 9", in: three)
        try three.setEnabled(event, true)
        #expect(try publish(.init(a: 9)) == 2)
        try three.setClock(named: "boot")
        #expect(try publish(.init(a: 8)) == 1)
    }

    @Test func `what a record is by and where can be asked, whatever its bytes say`() throws {
        try set("comm == 'me' && cpu == 1 && common_pid == 42 && common_type == \(event.id)", in: one)
        try set("comm != 'me' || cpu != 1", in: two)
        #expect(try publish(.init(pid: 7), comm: "me", lane: 1) == 1)
        #expect(one.entryCounts.written == 1)
        #expect(try publish(.init(), comm: "you", lane: 1) == 1)
        #expect(two.entryCounts.written == 1)
    }

    @Test func `a record for one instance passes its filter too`() throws {
        try set("a == 1", in: one)
        let task = fixture.task
        let wrong = try one.write(
            event: event, payload: FilterFixture.Record(a: 2).bytes.span, lane: 0, task: task, evenIfDisabled: true)
        let right = try one.write(event: event, payload: FilterFixture.Record(a: 1).bytes.span, lane: 0, task: task)
        #expect((wrong, right) == (false, true))
    }

    @Test func `a bad filter takes the old one's place and lets all pass`() throws {
        try set("a == 1", in: one)
        let refusal = #expect(throws: FilterRefusal.self) { try set("bogus == 1", in: one) }
        #expect(refusal == FilterRefusal(.invalidArgument, "at byte 6: Field not found"))
        #expect(text(one) == "bogus == 1\n      ^\nparse_error: Field not found\n")
        #expect(try publish(.init(a: 2)) == 2)
        #expect(throws: FilterRefusal.self) { try set("", in: one) }
        #expect(text(one) == "\nError: (0)\n")
        #expect(throws: FilterRefusal.self) { try set("a ==  \n", in: one) }
        #expect(text(one) == "a ==\n    ^\nparse_error: Invalid value (did you forget quotes)?\n")
    }

    @Test func `a filter of a page and more changes nothing`() throws {
        try set("a == 1", in: one)
        let most = "a == 1" + String(repeating: " ", count: 4095 - 6)
        try set(most, in: one)
        let refusal = #expect(throws: FilterRefusal.self) { try set(most + " ", in: one) }
        #expect(refusal?.errno == .invalidArgument)
        #expect(text(one) == "a == 1")
        #expect(one.errorLog.entries.isEmpty)
    }

    @Test func `a system's filter is that of each event with its fields, and the others say that it is not`() throws {
        let found = fixture.engine.catalogue.snapshot.system(named: "jit".utf8Span.span)
        let system = try #require(found)
        try one.setFilter("a == 1".utf8Span.span, of: system)
        #expect(text(one) == "a == 1")
        let bare = fixture.event("jit", "bare")
        let shown = one.filterText(of: bare).map { String(repairing: $0.span) }
        #expect(shown == "a == 1\n^\nparse_error: Couldn't find or set field in one of a subsystem's events\n")
        #expect(one.errorLog.entries.count == 1)
        #expect(two.errorLog.entries.isEmpty)
        #expect(try publish(.init(a: 2)) == 1)
        try one.setFilter("0".utf8Span.span, of: system)
        #expect(text(one) == nil && one.filterText(of: bare) == nil)
    }

    @Test func `the log keeps the last eight, with the caret below the place`() throws {
        fixture.time.nanoseconds = 190_105_555_999
        for number in 0..<10 {
            _ = try? one.setFilter("bogus\(number) == 1".utf8Span.span, of: event)
        }
        var out = ByteBuffer()
        one.errorLog.append(to: &out)
        let lines = out.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 25)
        #expect(lines[0] == "[  190.105555] event filter parse error: error: Field not found")
        #expect(lines[1] == "  Command: bogus2 == 1")
        #expect(lines[2] == String(repeating: " ", count: 18) + "^")
        one.clearErrorLog()
        #expect(one.errorLog.entries.isEmpty)
    }

    @Test func `filters go with their event and their instance`() throws {
        try set("a == 1", in: one)
        try one.setEnabled(event, false)
        try two.setEnabled(event, false)
        // A filter does not hold an event.
        try fixture.engine.remove(event)
        #expect(one.filterText(of: event) == nil)
        let dead = #expect(throws: FilterRefusal.self) { try set("a == 1", in: one) }
        #expect(dead?.errno == .operationNotSupportedByDevice)
        try fixture.engine.catalogue.add(
            system: "jit", name: "ping", format: .own(Array(FilterFixture.text.utf8)), origin: .dynamic)
        #expect(one.filterText(of: fixture.event("jit", "ping")) == nil)
        try fixture.engine.removeInstance(two)
        let gone = #expect(throws: FilterRefusal.self) {
            try two.setFilter("a == 1".utf8Span.span, of: fixture.event("jit", "ping"))
        }
        #expect(gone?.errno == .operationNotSupportedByDevice)
    }

    @Test func `many filters find each its own event`() throws {
        let names = (0..<300).map { "e\($0)" }
        for name in names {
            try fixture.engine.catalogue.add(
                system: "many", name: name, format: .own(Array(FilterFixture.text.utf8)), origin: .imported)
        }
        try one.setAllEnabled(true)
        for (number, name) in names.enumerated() where number % 3 != 0 {
            try one.setFilter("a == \(number)".utf8Span.span, of: fixture.event("many", name))
        }
        for (number, name) in names.enumerated() {
            for value in [number, number + 1] {
                let recorded = try fixture.engine.publish(
                    fixture.event("many", name), payload: FilterFixture.Record(a: Int32(value)).bytes.span,
                    task: fixture.task, lane: 0)
                #expect(recorded == (number % 3 == 0 || value == number ? 1 : 0), "\(name) \(value)")
            }
        }
    }
}
