internal import Bytes
internal import SystemPackage

@testable internal import TraceEngine

/// Three events with the fields of ``FilterFixture`` in one instance, and the words for what is done to them.
struct TriggerFixture {
    let base = TraceFixture()
    let instance: TraceInstance
    let names = ["ping", "pong", "spare"]

    init(format: String = FilterFixture.text) throws {
        for name in names {
            try base.engine.catalogue.add(
                system: "jit", name: name, format: .own(Array(format.utf8)), origin: .dynamic)
        }
        let print = FilterFixture.text.replacingFields(with: "\tfield:char buf[];\toffset:16;\tsize:0;\tsigned:0;")
        try base.engine.catalogue.add(
            system: "ftrace", name: "print", format: .own(Array(print.utf8)), origin: .imported)
        instance = try base.engine.createInstance(name: "x")
    }

    func event(_ name: String) -> TraceEvent { base.event(name == "print" ? "ftrace" : "jit", name) }

    func trigger(_ text: String, on name: String = "ping") throws(FilterRefusal) {
        try instance.addTrigger(text.utf8Span.span, of: event(name))
    }

    func refusal(_ text: String) -> Errno? {
        do throws(FilterRefusal) { try trigger(text) } catch { return error.errno }
        return nil
    }

    func triggers(_ name: String = "ping") -> [String] {
        var out = ByteBuffer()
        instance.appendTriggers(of: event(name), to: &out)
        return out.text.split(separator: "\n").map(String.init)
    }

    /// What `enable` shows.
    func state(_ name: String) -> String {
        (instance.isEnabled(event(name)) ? "1" : "0") + (instance.isHeld(event(name)) ? "*" : "")
    }

    func enable(_ name: String, _ on: Bool = true) throws { try instance.setEnabled(event(name), on) }

    func filter(_ text: String, of name: String = "ping") throws {
        try instance.setFilter(text.utf8Span.span, of: event(name))
    }

    /// Whether it was recorded.
    func fire(_ name: String = "ping", a: Int32 = 0) throws -> Bool {
        defer { instance.checkInvariants() }
        return try base.engine.publish(
            event(name), payload: FilterFixture.Record(a: a).bytes.span, task: base.task, lane: 0) == 1
    }
}

extension String {
    /// A format with other fields behind the common ones.
    func replacingFields(with fields: String) -> String {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        let end = lines.firstIndex { $0.hasPrefix("\tfield:unsigned long ip") } ?? lines.count
        return lines[..<end].joined(separator: "\n") + "\n" + fields + "\n\nprint fmt: \"%s\", REC->buf\n"
    }
}
