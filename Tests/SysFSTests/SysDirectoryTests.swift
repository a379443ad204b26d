internal import Bytes
internal import PseudoFS
internal import SysFS
internal import Testing

@Suite struct SysDirectoryTests {
    let namespace = Namespace(mounts: [
        Mount(
            .sysfs(
                "Of a thing.",
                [
                    SysAttribute("count", summary: "How many.") { .number(.max) },
                    SysAttribute("word", summary: "Which.") { .text("zstd") },
                    SysAttribute("flag", summary: "Whether.") { .flag(true) },
                    SysAttribute("secret", summary: "For some.", authority: .admin) { .number(1) },
                ]), at: "/sys/fs/thing")
    ])

    @Test(arguments: [
        ("count", Value.unsigned(.max), "18446744073709551615\n"), ("word", .text("zstd"), "zstd\n"),
        ("flag", .boolean(true), "1\n"),
    ])
    func `each file holds one value, as a number, a word or a flag`(_ name: String, _ value: Value, _ text: String)
        throws
    {
        let path = "/sys/fs/thing/" + name
        let node = try namespace.walk(path.utf8Span.span, caller: Caller()).node
        #expect(try node.read().value == value)
        var out = ByteBuffer()
        try node.readText(into: &out)
        #expect(out.text == text)
    }

    @Test func `what only administrators may read says so`() throws {
        let secret = try namespace.walk("/sys/fs/thing/secret".utf8Span.span, caller: Caller()).node.declaration
        #expect(secret.readAuthority == .admin)
        #expect(secret.mode == 0o400)
        let count = try namespace.walk("/sys/fs/thing/count".utf8Span.span, caller: Caller()).node.declaration
        #expect(count.readAuthority == .read)
        #expect(count.mode == 0o444)
    }

    @Test func `the directories above a mount are there`() throws {
        let reader = try namespace.walk("/sys".utf8Span.span, caller: Caller()).node.entries()
        #expect(reader.next()?.name == "fs")
        #expect(reader.next()?.name == nil)
    }
}
