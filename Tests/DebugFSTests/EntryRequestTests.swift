internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import DebugFS

/// Entries as a client wishes for them.
@Suite struct EntryRequestTests {
    let debug = DebugFS()

    private func make(_ name: String, _ json: String) throws(Failure) {
        let members: [JSONValue.Member]
        do {
            members = try JSONReader.document(json.utf8Span.span).members ?? []
        } catch {
            throw Failure(.ioError, "the test's own JSON")
        }
        try debug.plant(try EntryRequest(name: name, members).seedling(in: debug), in: debug.top, owner: nil)
    }

    private func text(_ path: String) throws -> String {
        var entry: DebugEntry? = debug.root.entry
        for name in path.split(separator: "/") { entry = entry?.directory?[String(name)] }
        var out = ByteBuffer()
        try #require(entry).entry.appendText(to: &out)
        return out.text
    }

    @Test func `without a type it is a directory, and a value has its default`() throws {
        try make("d", "{}")
        try make("n", #"{"type":"x16"}"#)
        try make("b", #"{"type":"bool"}"#)
        try make("s", #"{"type":"str"}"#)
        #expect(debug.root["d"]?.type == .directory)
        #expect(debug.root["d"]?.mode == 0o755)
        #expect(debug.root["n"]?.mode == 0o644)
        #expect(try text("n") == "0x0000\n")
        #expect(try text("b") == "N\n")
        #expect(try text("s") == "\n")
    }

    @Test(arguments: [
        (#"{"type":"u8","value":255}"#, "255\n"), (#"{"type":"u8","value":"0x10"}"#, "16\n"),
        (#"{"type":"s64","value":-9223372036854775808}"#, "-9223372036854775808\n"),
        (#"{"type":"u64","value":18446744073709551615}"#, "18446744073709551615\n"),
        (#"{"type":"bool","value":true}"#, "Y\n"), (#"{"type":"bool","value":"off"}"#, "N\n"),
        (#"{"type":"str","value":"a b\n"}"#, "a b\n"), (#"{"type":"blob","value":"aGk="}"#, "hi"),
        (#"{"type":"u32_array","value":[1,"0x10"]}"#, "1 16\n"),
        (#"{"type":"regset32","value":{"CTRL":1,"STATUS":"0x10"}}"#, "CTRL = 0x00000001\nSTATUS = 0x00000010\n"),
        (#"{"type":"size_t","mode":"0444","value":7}"#, "7\n"),
    ])
    func `a value is made of its JSON`(_ json: String, _ shown: String) throws {
        try make("v", json)
        #expect(try text("v") == shown)
    }

    @Test(arguments: [
        (#"{"type":"u8","value":256}"#, Errno.outOfRange), (#"{"type":"u8","value":true}"#, .invalidArgument),
        (#"{"type":"u8","value":1.5}"#, .invalidArgument), (#"{"type":"u8","value":null}"#, .invalidArgument),
        (#"{"type":"u8","value":[1]}"#, .invalidArgument), (#"{"type":"bool","value":2}"#, .invalidArgument),
        (#"{"type":"str","value":1}"#, .invalidArgument), (#"{"type":"blob","value":"a"}"#, .invalidArgument),
        (#"{"type":"blob","value":"aGl=" }"#, .invalidArgument), (#"{"type":"u32_array","value":1}"#, .invalidArgument),
        (#"{"type":"u32_array","value":[4294967296]}"#, .outOfRange),
        (#"{"type":"regset32","value":[]}"#, .invalidArgument),
        (#"{"type":"file"}"#, .invalidArgument), (#"{"type":"sequence"}"#, .invalidArgument),
        (#"{"type":7}"#, .invalidArgument),
        (#"{"mode":"0999"}"#, .invalidArgument), (#"{"mode":"01777"}"#, .invalidArgument),
        (#"{"mode":""}"#, .invalidArgument),
        (#"{"mode":420}"#, .invalidArgument), (#"{"value":1}"#, .invalidArgument),
        (#"{"entries":{}}"#, .invalidArgument),
        (#"{"type":"u8","entries":[]}"#, .invalidArgument), (#"{"type":"symlink"}"#, .invalidArgument),
        (#"{"type":"symlink","target":""}"#, .invalidArgument), (#"{"target":"x"}"#, .invalidArgument),
        (#"{"entries":[1]}"#, .invalidArgument), (#"{"entries":[{}]}"#, .invalidArgument),
        (#"{"entries":[{"name":"a/b"}]}"#, .invalidArgument),
        (#"{"entries":[{"name":"a","owner":"x"}]}"#, .invalidArgument),
        (#"{"entries":[{"name":"a"},{"name":"a"}]}"#, .fileExists),
        (#"{"entries":[{"name":"ok"},{"name":"a","type":"u8","value":256}]}"#, .outOfRange),
    ])
    func `what makes no sense is refused, and nothing is made`(_ json: String, _ expected: Errno) {
        #expect(errno { () throws(Failure) in try make("v", json) } == expected)
        #expect(debug.entryCount == 0)
        #expect(debug.heldBytes == 0)
    }

    @Test func `a whole subtree is made at once`() throws {
        try make(
            "shop",
            #"""
            {"entries":[
                {"name":"orders","type":"u32","value":7},
                {"name":"inner","mode":"0700","entries":[{"name":"motto","type":"str","value":"open"}]},
                {"name":"latest","type":"symlink","target":"orders"}]}
            """#)
        #expect(debug.entryCount == 5)
        #expect(try text("shop/inner/motto") == "open\n")
        #expect(debug.root["shop"]?.directory?["inner"]?.mode == 0o700)
        #expect(debug.root["shop"]?.directory?["latest"]?.type == .symlink)
        debug.checkInvariants()
    }

    @Test func `a subtree that exceeds the limit leaves nothing`() {
        let debug = DebugFS(limits: DebugLimits(entriesMax: 2))
        let members = [
            JSONValue.Member(
                name: "entries",
                value: .array([
                    .object([.init(name: "name", value: .string("a"))]),
                    .object([.init(name: "name", value: .string("b"))]),
                ]))
        ]
        let refusal = errno { () throws(Failure) in
            try debug.plant(try EntryRequest(name: "d", members).seedling(in: debug), in: debug.top, owner: nil)
        }
        #expect(refusal == .noSpace)
        #expect(debug.entryCount == 0)
    }

    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("AAE=", [0, 1]), ("AAEC", [0, 1, 2]), ("+/+/", [251, 255, 191]),
            ("/////w==", [255, 255, 255, 255]),
        ] as [(String, [UInt8])])
    func `base64 is decoded`(_ text: String, _ bytes: [UInt8]) { #expect(Base64.decode(text) == bytes) }

    @Test(arguments: ["A", "AA", "AAA", "A===", "AB==", "AAF=", "A=AA", "AAAA====", "AA-_", "A A=", "AA==AAAA", "é==="])
    func `what is no base64 is refused`(_ text: String) { #expect(Base64.decode(text) == nil) }
}
