internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct DictionaryFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    @Test func `the policy is shown among all, and may be changed`() throws {
        #expect(try tree.cat("/p/dictionary") == "[off] auto speed space\n")
        for (text, shown) in [
            ("auto\n", "off [auto] speed space\n"), ("speed", "off auto [speed] space\n"),
            (" space ", "off auto speed [space]\n"), ("off", "[off] auto speed space\n"),
        ] {
            try tree.echo(text, "/p/dictionary")
            #expect(try tree.cat("/p/dictionary") == shown)
        }
        for text in ["", "on", "[auto]", "auto speed"] {
            #expect(errno { () throws(Failure) in try tree.echo(text, "/p/dictionary") } == .invalidArgument)
        }
        #expect(try tree.value("/p/dictionary") == .text("off"))
    }

    @Test func `a pool is made with a policy`() throws {
        try tree.make("q", [.init(name: "dictionary", value: .string("space"))])
        #expect(try tree.cat("/q/dictionary") == "off auto speed [space]\n")
        let failure = #expect(throws: Failure.self) {
            try tree.make("r", [.init(name: "dictionary", value: .string("all"))])
        }
        #expect(failure?.reason == "dictionary is off, auto, speed, space, not all")
    }

    @Test func `what there is stands beside it`() throws {
        try tree.echo("space", "/p/dictionary")
        for number in 0..<200 { try tree.put(PoolTree.page, "/p/pages/\(number)") }
        let members = try tree.node("/p/dictionary").read().members
        #expect(members.map(\.name) == ["trainings", "failures", "pages_sampled", "dictionaries"])
        guard case .integer(let sampled) = members[2].value else { throw Failure(.ioError) }
        #expect(sampled > 0 && sampled < 200)
        #expect(members[3].value == .list([]))
    }
}
