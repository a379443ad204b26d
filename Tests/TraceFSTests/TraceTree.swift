internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine
internal import TraceFS

/// `/tracing` over an engine with two small systems, on two lanes and a clock that stands still.
struct TraceTree {
    let time = ManualTime(nanoseconds: 1_000_000_000)
    let engine: TraceEngine
    let namespace: Namespace
    var caller = Caller(cpu: 0, pid: 42, comm: "tester")

    /// Builds it; eager or not, what it answers is the same.
    init(isEager: Bool = false) throws {
        engine = TraceEngine(clock: TraceClock(manual: time), lanes: 2)
        for (system, name, fields) in [
            ("ftrace", "print", "unsigned long ip:8 char buf[]:0"),
            ("ftrace", "raw_data", "unsigned int id:4 char buf[]:0"), ("shop", "order", "u64 id:8 u32 qty:4"),
            ("shop", "refund", "u64 id:8"), ("jit", "ping", "s32 a:4"),
        ] {
            let text = TraceTree.format(name, fields)
            try engine.catalogue.add(system: system, name: name, format: .own(Array(text.utf8)), origin: .imported)
        }
        namespace = Namespace(
            mounts: [Mount(.tracefs(engine, userEvents: UserEvents(of: engine)), at: "/tracing")],
            eager: isEager ? ["/tracing"] : [])
    }

    /// A format text of packed fields: `TYPE NAME:SIZE` with a space between type and name.
    static func format(_ name: String, _ fields: String) -> String {
        var text = """
            name: \(name)
            ID: 0
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;


            """
        var offset = 8
        var names: [String] = []
        var words: [Substring] = []
        for word in fields.split(separator: " ") {
            let parts = word.split(separator: ":")
            words.append(parts[0])
            guard parts.count == 2, let size = Int(parts[1]) else { continue }
            let declaration = words.joined(separator: " ")
            names.append(String(parts[0].prefix { $0 != "[" }))
            text +=
                "\tfield:\(declaration);\toffset:\(offset);\tsize:\(size);\tsigned:\(declaration.hasPrefix("s") ? 1 : 0);\n"
            offset += size
            words = []
        }
        let print = names.map { "\($0)=%lld" }.joined(separator: " ")
        return text + "\nprint fmt: \"\(print)\", \(names.map { "REC->\($0)" }.joined(separator: ", "))\n"
    }

    func node(_ path: String) throws(Failure) -> Node {
        let whole = "/tracing/" + path
        return try namespace.walk((path.isEmpty ? "/tracing" : whole).utf8Span.span, caller: caller).node
    }

    /// `cat f`
    func text(_ path: String) throws -> String {
        var out = ByteBuffer()
        let node = try node(path)
        if node.declaration.content == .attribute {
            try node.readText(into: &out)
        } else {
            try drain(path, .text, into: &out)
        }
        return out.text
    }

    func json(_ path: String) throws -> String {
        var out = ByteBuffer()
        try drain(path, .json, into: &out)
        return out.text
    }

    func drain(_ path: String, _ form: Form, timeout: Double? = nil, into out: inout ByteBuffer) throws {
        var arguments = Arguments()
        if let timeout { arguments.add("timeout", .seconds(timeout)) }
        let file = try node(path).open(ReadRequest(form: form, arguments: arguments, caller: caller))
        while file.read(into: &out, limit: 100) == .more {}
        file.close()
    }

    func pipe(_ path: String, _ form: Form = .text) throws -> String {
        var out = ByteBuffer()
        try drain(path, form, timeout: 0, into: &out)
        return out.text
    }

    func value(_ path: String) throws -> Value { try node(path).read().value }

    /// `echo -n v > f`, or `>>`.
    func write(_ path: String, _ text: String, appends: Bool = false) throws(Failure) {
        try node(path).write(Array(text.utf8).span, WriteRequest(appends: appends, caller: caller))
    }

    func make(_ name: String) throws(Failure) { try node("instances").make(name, CreateRequest()) }
    func remove(_ path: String) throws(Failure) { try node(path).remove(caller) }

    func names(_ path: String) throws -> [String] {
        let reader = try node(path).entries()
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name + (entry.declaration.isDirectory ? "/" : "")) }
        return names
    }
}
