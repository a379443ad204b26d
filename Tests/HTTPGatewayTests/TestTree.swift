internal import Bytes
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// The shapes of the test tree.
enum TestTree {
    static let inner = DirectoryTable<TestModel>(
        summary: "One that was made.",
        entries: [.file("number", number)],
        remove: { model, _ throws(Failure) in
            if model.name == "busy" { throw Failure(.resourceBusy, "somebody uses it") }
            model.state.withLock { $0.isDead = true }
        })

    static let number = File<TestModel>.attribute(
        mode: 0o640, summary: "A number.", value: { model in .unsigned(model.state.withLock { $0.number }) },
        write: { model, bytes, request throws(Failure) in
            guard let number = UInt64(String(repairing: bytes.trimmed)) else {
                throw Failure(.invalidArgument, "not a number", subject: .content)
            }
            model.take(bytes, request)
            model.state.withLock { $0.number = number }
        })

    static let children = ChildSource<TestModel>.directories(
        inner,
        find: { model, name in
            guard let child = model.child(name), !child.isDead else { return nil }
            return child
        },
        items: { model in
            model.state.withLock { state in
                state.children.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            }
        },
        name: { $0.name }, bind: { _, child in child })

    static let made = DirectoryTable<TestModel>(
        summary: "Where entries are made.", children: children, members: ["size"],
        make: { model, name, _ throws(Failure) in try model.makeChild(name) })

    static func constant(_ value: Value) -> File<TestModel> {
        .attribute(mode: 0o444, summary: "A constant with <angles> & \"quotes\".", value: { _ in value })
    }

    static func failing(_ errno: Errno, subject: Failure.Subject = .node) -> File<TestModel> {
        .attribute(
            mode: 0o644, summary: "Fails.",
            value: { _ throws(Failure) in throw Failure(errno, "as told", subject: subject) },
            write: { _, _, _ throws(Failure) in throw Failure(errno, "as told", subject: .content, line: 3, written: 2) })
    }

    static let values = DirectoryTable<TestModel>(
        summary: "One of each kind.",
        entries: [
            .file("null", constant(.null)), .file("integer", constant(.integer(-7))),
            .file("unsigned", constant(.unsigned(.max))), .file("text", constant(.text("a\"b\\c\n<&>"))),
            .file("list", constant(.list([.unsigned(1), .text("two")]))),
            .file("record", constant(.record([.init("a", .unsigned(1)), .init("b", .boolean(false))]))),
            .file(
                "flag",
                .attribute(
                    mode: 0o644, summary: "True or false.", value: { model in .boolean(model.state.withLock { $0.flag }) },
                    members: { _ in [.init("soft", .boolean(true))] }, text: { _, out in out.append("1*\n") },
                    write: { model, bytes, request throws(Failure) in
                        model.take(bytes, request)
                        model.state.withLock { $0.flag = bytes.count > 0 && bytes[0] == 0x31 }
                    }, appends: false)),
            .file(
                "secret",
                .attribute(mode: 0o600, summary: "For few.", value: { _ in .text("xyzzy") }, readAuthority: .admin)),
        ])

    static let streams = DirectoryTable<TestModel>(
        summary: "What is opened.",
        entries: [
            .file(
                "pipe",
                .rendered(
                    mode: 0o444, content: .stream, forms: [.ndjson, .text],
                    parameters: [
                        Parameter("count", .integer(1...1000), summary: "How many."),
                        Parameter("timeout", .seconds, summary: "How long."),
                    ], summary: "Consumes.",
                    open: { model, request in
                        model.state.withLock { $0.opens += 1 }
                        return TestPipe(model.pipe, timeoutSeconds: request.arguments.seconds("timeout"))
                    })),
            .file("short", document(3)), .file("long", document(100_000)),
            .file(
                "sink",
                .sink(mode: 0o222, summary: "Takes.") { model, bytes, request in model.take(bytes, request) }),
        ])

    static func document(_ lines: Int) -> File<TestModel> {
        .rendered(
            mode: 0o444, content: .document, forms: [.json, .text], summary: "Lines.",
            open: { _, request in TestLines(count: lines, form: request.form) })
    }

    static let hostileName = "<script>&\"'é%:?#"

    static let open = File<TestModel>.attribute(
        mode: 0o444, summary: "For all.", value: { _ in .text("ok") }, readAuthority: .none)

    static func failures(_ errnos: [(String, Errno)]) -> DirectoryTable<TestModel> {
        DirectoryTable(
            summary: "One failure each.", entries: errnos.map { .file($0.0, failing($0.1)) })
    }

    static func top(failures errnos: [(String, Errno)]) -> DirectoryTable<TestModel> {
        DirectoryTable(
            summary: "The top.",
            entries: [
                .directory("made", made), .directory("values", values), .directory("streams", streams),
                .directory("fail", failures(errnos)), .file("number", number), .file("open", open),
                .directory(
                    "hostile",
                    DirectoryTable(
                        summary: "Names.",
                        entries: [.file(hostileName, number), .directory("sub " + hostileName, values)])),
                .directory(
                    "many",
                    DirectoryTable(
                        summary: "Many.", entries: (0..<3000).map { .file("entry-\(10000 + $0)", number) })),
            ])
    }
}
