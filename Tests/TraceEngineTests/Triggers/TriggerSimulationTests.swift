internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// Random commands and records against the kernel's flags: enabled, soft mode, soft disabled.
@Suite struct TriggerSimulationTests {
    /// What trace_events.c keeps of an event, and what is expected of its triggers.
    private struct Model {
        struct Event {
            var isOn = false
            var isSoftDisabled = false
            var holders = 0
            var filter: Int32?

            mutating func enable() {
                isSoftDisabled = false
                isOn = true
            }

            mutating func disable() {
                if holders == 0 { isOn = false }
                isSoftDisabled = holders > 0
            }

            mutating func hold() {
                holders += 1
                if holders == 1, !isOn {
                    isSoftDisabled = true
                    isOn = true
                }
            }

            mutating func release() {
                holders -= 1
                guard holders == 0 else { return }
                if isSoftDisabled { isOn = false }
                isSoftDisabled = false
            }

            var state: String { (isOn && !isSoftDisabled ? "1" : "0") + (holders > 0 ? "*" : "") }
        }

        struct Trigger {
            /// traceon, traceoff, enable_event, disable_event.
            let name: String
            let target: Int
            var count: Int?
            let condition: Int32?

            var isTracing: Bool { name.hasPrefix("trace") }
            func excludes(_ other: Trigger) -> Bool {
                isTracing == other.isTracing && (isTracing || target == other.target)
            }
        }

        var events = [Event](repeating: Event(), count: 3)
        var triggers = [[Trigger]](repeating: [], count: 3)
        var tracingOn = true

        mutating func pull(_ event: Int, _ index: Int) {
            let trigger = triggers[event][index]
            switch trigger.name {
            case "traceon" where tracingOn, "traceoff" where !tracingOn: return
            case "enable_event" where !events[trigger.target].isSoftDisabled: return
            case "disable_event" where events[trigger.target].isSoftDisabled: return
            default: break
            }
            if let count = trigger.count {
                if count == 0 { return }
                triggers[event][index].count = count - 1
            }
            switch trigger.name {
            case "traceon": tracingOn = true
            case "traceoff": tracingOn = false
            default: events[trigger.target].isSoftDisabled = trigger.name == "disable_event"
            }
        }

        /// Whether a record of an event with this number comes into the buffer.
        mutating func fire(_ event: Int, _ a: Int32) -> Bool {
            guard events[event].isOn else { return false }
            let before = events[event]
            let wasTracing = tracingOn
            let looks = triggers[event].contains { $0.condition != nil || $0.name == "traceoff" }
            if !looks {
                for index in triggers[event].indices { pull(event, index) }
                if before.isSoftDisabled || events[event].isSoftDisabled || !tracingOn { return false }
                return before.filter == nil || before.filter == a
            }
            var later: [Int] = []
            for (index, trigger) in triggers[event].enumerated() where trigger.condition ?? a == a {
                if trigger.name == "traceoff" { later.append(index) } else { pull(event, index) }
            }
            let room = before.isSoftDisabled || before.filter != nil ? tracingOn : wasTracing
            let passes = !events[event].isSoftDisabled && (before.filter == nil || before.filter == a)
            for index in later { pull(event, index) }
            return room && passes
        }
    }

    private let names = ["ping", "pong", "spare"]

    @Test func `events and triggers do what the kernel's flags say`() throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<12 {
            let fixture = try TriggerFixture()
            var model = Model()
            for step in 0..<250 {
                let event = Int.random(in: 0..<3, using: &generator)
                let place = Comment(rawValue: "seed \(seed), step \(step)")
                switch generator.next() % 8 {
                case 0:
                    try fixture.enable(names[event])
                    model.events[event].enable()
                case 1:
                    try fixture.enable(names[event], false)
                    model.events[event].disable()
                case 2:
                    let value = Int32.random(in: 0...2, using: &generator)
                    model.events[event].filter = value == 0 ? nil : value
                    try fixture.filter(value == 0 ? "0" : "a == \(value)", of: names[event])
                case 3:
                    model.tracingOn = generator.next() % 4 != 0
                    fixture.instance.tracingOn = model.tracingOn
                case 4: try add(event, fixture, &model, &generator, place)
                case 5: try remove(event, fixture, &model, &generator)
                default:
                    let a = Int32.random(in: 0...2, using: &generator)
                    #expect(try fixture.fire(names[event], a: a) == model.fire(event, a), place)
                }
                fixture.instance.checkInvariants()
                #expect(fixture.instance.tracingOn == model.tracingOn, place)
                for (index, name) in names.enumerated() {
                    #expect(fixture.state(name) == model.events[index].state, place)
                    let lines = model.triggers[index].map { text($0, listed: true) }
                    #expect(fixture.triggers(name) == lines, place)
                }
            }
        }
    }

    private func text(_ trigger: Model.Trigger, listed: Bool) -> String {
        var text = trigger.name + (trigger.isTracing ? "" : ":jit:\(names[trigger.target])")
        if let count = trigger.count {
            text += listed ? ":count=\(count)" : ":\(count)"
        } else if listed {
            text += ":unlimited"
        }
        return text + (trigger.condition.map { " if a == \($0)" } ?? "")
    }

    private func random(_ generator: inout SeededGenerator) -> Model.Trigger {
        Model.Trigger(
            name: ["traceon", "traceoff", "enable_event", "disable_event"].randomElement(using: &generator)
                ?? "traceon",
            target: Int.random(in: 0..<3, using: &generator),
            count: generator.next() % 2 == 0 ? nil : Int.random(in: 0...3, using: &generator),
            condition: generator.next() % 2 == 0 ? nil : Int32.random(in: 0...2, using: &generator))
    }

    private func add(
        _ event: Int, _ fixture: TriggerFixture, _ model: inout Model, _ generator: inout SeededGenerator,
        _ place: Comment
    ) throws {
        let trigger = random(&generator)
        if model.triggers[event].contains(where: trigger.excludes) {
            let refusal = #expect(throws: FilterRefusal.self, place) {
                try fixture.trigger(text(trigger, listed: false), on: names[event])
            }
            #expect(refusal?.errno == .fileExists, place)
            return
        }
        try fixture.trigger(text(trigger, listed: false), on: names[event])
        if !trigger.isTracing { model.events[trigger.target].hold() }
        model.events[event].hold()
        model.triggers[event].insert(trigger, at: 0)
    }

    private func remove(
        _ event: Int, _ fixture: TriggerFixture, _ model: inout Model, _ generator: inout SeededGenerator
    ) throws {
        let trigger = random(&generator)
        try fixture.trigger("!" + text(trigger, listed: false), on: names[event])
        guard let index = model.triggers[event].firstIndex(where: trigger.excludes) else { return }
        let gone = model.triggers[event].remove(at: index)
        if !gone.isTracing { model.events[gone.target].release() }
        model.events[event].release()
    }

    @Test func `triggers come and go while records are written`() throws {
        let fixture = try TriggerFixture()
        let event = fixture.event("ping")
        try fixture.enable("ping")
        var threads = Threads()
        for lane in 0..<2 {
            threads.start {
                let record = FilterFixture.Record(a: 1).bytes
                for _ in 0..<3000 {
                    _ = try? fixture.base.engine.publish(
                        event, payload: record.span, task: fixture.base.task, lane: lane)
                }
            }
        }
        threads.start {
            for round in 0..<60 {
                try? fixture.trigger("enable_event:jit:pong:\(round) if a == 1")
                try? fixture.trigger("traceoff:1", on: "spare")
                try? fixture.filter(round % 2 == 0 ? "a == 1" : "0")
                try? fixture.trigger("!enable_event:jit:pong")
                try? fixture.trigger("!traceoff", on: "spare")
                try? fixture.enable("ping", round % 3 != 0)
            }
        }
        threads.join()
        fixture.instance.checkInvariants()
        #expect(fixture.triggers() == [])
        // Whether the last trigger was pulled is up to the threads; that nothing holds the event is not.
        #expect(!fixture.instance.isHeld(fixture.event("pong")) && !fixture.instance.isHeld(event))
    }
}
