internal import Bytes
internal import Locking
internal import PseudoFS
internal import SysFS
internal import SystemPackage
internal import Testing

@Suite struct SysWriteTests {
    /// What is written to.
    private final class Model: Sendable {
        let number = Locked<UInt64>(3)
        let word = Locked("zstd")
        let flag = Locked(false)
    }

    private let model = Model()
    private let namespace: Namespace

    init() {
        let model = model
        let attributes = [
            SysAttribute(
                "number", summary: "A number.", write: .number(2...20) { new in model.number.withLock { $0 = new } }
            ) { .number(model.number.withLock { $0 }) },
            SysAttribute(
                "word", summary: "A word.", changeAuthority: .write,
                write: .text(bytesMax: 8) { new throws(Failure) in
                    if new == "lzo" { throw Failure(.invalidArgument, "not that", subject: .content) }
                    model.word.withLock { $0 = new }
                }
            ) { .text(model.word.withLock { $0 }) },
            SysAttribute(
                "flag", summary: "A flag.", authority: .admin, write: .flag { new in model.flag.withLock { $0 = new } }
            ) { .flag(model.flag.withLock { $0 }) },
            SysAttribute("fixed", summary: "Cannot be changed.") { .number(1) },
        ]
        namespace = Namespace(mounts: [Mount(.sysfs("Of a thing.", attributes), at: "/sys/thing")])
    }

    private func node(_ name: String) throws -> Node {
        try namespace.walk(("/sys/thing/" + name).utf8Span.span, caller: Caller()).node
    }

    private func write(_ text: String, to name: String) throws {
        try node(name).write(text.utf8Span.span, WriteRequest())
    }

    private func refusal(of text: String, to name: String) throws -> Errno? {
        let node = try node(name)
        do throws(Failure) {
            try node.write(text.utf8Span.span, WriteRequest())
            return nil
        } catch {
            return error.errno
        }
    }

    @Test func `a number within its bounds is taken`() throws {
        for (text, number) in [("2", 2), ("20\n", 20), ("+7", 7)] as [(String, UInt64)] {
            try write(text, to: "number")
            #expect(try node("number").read().value == .unsigned(number))
        }
    }

    @Test(arguments: ["1", "21", "99999999999999999999999"])
    func `a number out of bounds is ERANGE`(text: String) throws {
        #expect(try refusal(of: text, to: "number") == .outOfRange)
        #expect(try node("number").read().value == .unsigned(3))
    }

    @Test(arguments: ["", "\n", "x", "0x3", "3 ", "-3", "3\n\n", "2.5"])
    func `what is no number is EINVAL`(text: String) throws {
        #expect(try refusal(of: text, to: "number") == .invalidArgument)
        #expect(try node("number").read().value == .unsigned(3))
    }

    @Test func `a line is taken without its newline, and the model may refuse it`() throws {
        try write("lz4\n", to: "word")
        #expect(try node("word").read().value == .text("lz4"))
        for text in ["lzo", "two\nlines", "too long.", "a\0b"] {
            #expect(try refusal(of: text, to: "word") == .invalidArgument, "\(text)")
        }
        #expect(try node("word").read().value == .text("lz4"))
    }

    @Test(arguments: [
        ("1", true), ("y\n", true), ("Yes", true), ("on", true), ("T", true), ("0\n", false), ("n", false),
        ("OFF", false), ("f", false),
    ])
    func `a flag is what the kernel takes for one`(text: String, isSet: Bool) throws {
        try write(isSet ? "0" : "1", to: "flag")
        try write(text, to: "flag")
        #expect(try node("flag").read().value == .boolean(isSet))
    }

    @Test(arguments: ["", "2", "x", "o", "\u{11}"])
    func `what is no flag is EINVAL`(text: String) throws {
        #expect(try refusal(of: text, to: "flag") == .invalidArgument)
    }

    @Test func `what can be written says so, and what it takes`() throws {
        let number = try node("number").declaration
        #expect(number.mode == 0o644 && number.verbs == [.read, .write] && number.changeAuthority == .admin)
        #expect(try node("word").declaration.changeAuthority == .write)
        #expect(try node("flag").declaration.mode == 0o600)
        let fixed = try node("fixed").declaration
        #expect(fixed.mode == 0o444 && fixed.verbs == .read)
    }
}
