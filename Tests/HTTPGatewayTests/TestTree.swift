internal import Locking
internal import Bytes
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// The shapes of the test tree.
enum TestTree {
    static let inner = DirectoryTable<TestContext>(
        summary: "One that was made.",
        entries: [.file("number", number)],
        remove: { context, _ throws(Failure) in
            if context.model.name == "busy" { throw Failure(.resourceBusy, "somebody uses it") }
            context.model.state.withLock { $0.isDead = true }
        })

    static let number = File<TestContext>.attribute(
        mode: 0o640, summary: "A number.", value: { context in .unsigned(context.model.state.withLock { $0.number }) },
        write: { context, bytes, request throws(Failure) in
            guard let number = UInt64(String(repairing: bytes.trimmed)) else {
                throw Failure(.invalidArgument, "not a number", subject: .content)
            }
            context.model.take(bytes, request)
            context.model.state.withLock { $0.number = number }
        })

    static let watched = File<TestContext>.attribute(
        mode: 0o640, summary: "A number to watch.",
        value: { context in .unsigned(context.model.state.withLock { $0.number }) },
        write: { context, bytes, _ in
            context.model.state.withLock { $0.number = UInt64(String(repairing: bytes)) ?? 0 }
            context.model.changed()
        }, watch: { context in TestWatch(context.model) })

    static let batch = File<TestContext>.requests(
        mode: 0o222, parameters: [Parameter("stop_on_error", .flag, verbs: .append, summary: "Stops.")],
        summary: "Many requests.")

    static let children = ChildSource<TestContext>.directories(
        inner,
        find: { context, name in
            guard let child = context.model.child(name), !child.isDead else { return nil }
            return TestContext(model: child)
        },
        items: { context in
            context.model.state.withLock { state in
                state.children.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            }
        },
        name: { $0.name }, bind: { _, child in TestContext(model: child) })

    static let made = DirectoryTable<TestContext>(
        summary: "Where entries are made.", children: children, members: ["size"],
        make: { context, name, _ throws(Failure) in try context.model.makeChild(name) })

    static func constant(_ value: Value) -> File<TestContext> {
        .attribute(mode: 0o444, summary: "A constant with <angles> & \"quotes\".", value: { _ in value })
    }

    static func failing(_ errno: Errno, subject: Failure.Subject = .node) -> File<TestContext> {
        .attribute(
            mode: 0o644, summary: "Fails.",
            value: { _ throws(Failure) in throw Failure(errno, "as told", subject: subject) },
            write: { _, _, _ throws(Failure) in throw Failure(errno, "as told", subject: .content, line: 3, written: 2)
            })
    }

    static let values = DirectoryTable<TestContext>(
        summary: "One of each kind.",
        entries: [
            .file("blob", blob), .file("broken", document(3, isBroken: true)),
            .file("broken_late", document(100_000, isBroken: true)), .file("device", device),
            .file("exchange", exchange), .file("intake", intake),
            .file("large", large),
            .file("null", constant(.null)),
            .file("integer", constant(.integer(-7))),
            .file("unsigned", constant(.unsigned(.max))), .file("text", constant(.text("a\"b\\c\n<&>"))),
            .file("list", constant(.list([.unsigned(1), .text("two")]))),
            .file("record", constant(.record([.init("a", .unsigned(1)), .init("b", .boolean(false))]))),
            .file(
                "flag",
                .attribute(
                    mode: 0o644, summary: "True or false.",
                    value: { context in .boolean(context.model.state.withLock { $0.flag }) },
                    members: { _ in [.init("soft", .boolean(true))] }, text: { _, out in out.append("1*\n") },
                    write: { context, bytes, request throws(Failure) in
                        context.model.take(bytes, request)
                        context.model.state.withLock { $0.flag = bytes.count > 0 && bytes[0] == 0x31 }
                    }, appends: false)),
            .file(
                "secret",
                .attribute(mode: 0o600, summary: "For few.", value: { _ in .text("xyzzy") }, readAuthority: .admin)),
        ])

    static let streams = DirectoryTable<TestContext>(
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
                    open: { context, request in
                        context.model.state.withLock { $0.opens += 1 }
                        return TestPipe(context.model.pipe, timeoutSeconds: request.arguments.seconds("timeout"))
                    })),
            .file("short", document(3)), .file("long", document(100_000)),
            .file(
                "sink",
                .sink(mode: 0o222, summary: "Takes.") { context, bytes, request in context.model.take(bytes, request) }),
        ])

    static let exchange = File<TestContext>.exchange(mode: 0o222, form: .yaml, summary: "Takes and gives.") {
        context, bytes, request, out throws(Failure) in
        if bytes.isEmpty { throw Failure(.invalidArgument, "there is nothing", subject: .content) }
        context.model.take(bytes, request)
        out.append("answer: ")
        out.append(bytes)
    }

    static let intake = File<TestContext>.intake(mode: 0o200, summary: "Takes all.") { context, _ in
        TestWrite(context.model, at: nil)
    }

    static let blob = File<TestContext>.bytes(
        mode: 0o644, summary: "Bytes.",
        read: { context, out throws(Failure) in
            let text = context.model.state.withLock { $0.text }
            if text.isEmpty { throw Failure(.noData, "nothing is there") }
            out.append(text)
        },
        known: { context in
            [.init("length", .unsigned(UInt64(context.model.state.withLock { $0.text }.utf8.count)))]
        },
        write: { context, bytes, request throws(Failure) in
            if bytes.count > 8 { throw Failure(.invalidArgument, "at most 8 bytes", subject: .content) }
            let text = String(repairing: bytes)
            context.model.state.withLock { $0.text = text }
        },
        remove: { context, _ in context.model.state.withLock { $0.text = "" } })

    static let device = File<TestContext>.device(
        mode: 0o644, summary: "A small device.",
        Device(
            size: { context in UInt64(context.model.state.withLock { $0.device.count }) },
            open: { context, range in TestRange(range, of: context.model.state.withLock { $0.device }) },
            write: { context, offset in TestWrite(context.model, at: Int(offset)) },
            discard: { context, range in
                context.model.state.withLock { state in for index in range { state.device[Int(index)] = 0 } }
            }),
        known: { context in [.init("size", .unsigned(UInt64(context.model.state.withLock { $0.device.count })))] })

    static let large = File<TestContext>.device(
        mode: 0o644, summary: "A large device.",
        Device(
            size: { _ in 5 << 30 }, open: { _, range in TestRange(range, of: []) },
            write: { context, _ in TestWrite(context.model, at: nil) }, discard: { _, _ in }),
        known: { _ in [] })

    static func document(_ lines: Int, isBroken: Bool = false) -> File<TestContext> {
        .rendered(
            mode: 0o444, content: .document, forms: [.json, .text], summary: "Lines.",
            open: { _, request in TestLines(count: lines, form: request.form, isBroken: isBroken) })
    }

    static let metrics = File<TestContext>.rendered(
        mode: 0o444, content: .document, forms: [.prometheus, .openmetrics], summary: "Two texts.",
        open: { _, request in TestLines(count: 3, form: request.form) })

    static let hostileName = "<script>&\"'é%:?#"

    static let open = File<TestContext>.attribute(
        mode: 0o444, summary: "For all.", value: { _ in .text("ok") }, readAuthority: .none)

    static func failures(_ errnos: [(String, Errno)]) -> DirectoryTable<TestContext> {
        DirectoryTable(
            summary: "One failure each.", entries: errnos.map { .file($0.0, failing($0.1)) })
    }

    static func top(failures errnos: [(String, Errno)]) -> DirectoryTable<TestContext> {
        DirectoryTable(
            summary: "The top.",
            entries: [
                .directory("made", made), .directory("values", values), .directory("streams", streams),
                .directory("fail", failures(errnos)), .file("number", number), .file("open", open),
                .file("batch", batch), .file("watched", watched),
                .file("metrics", metrics),
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
