internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct SettingFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    @Test func `a pool is made with what the request says, and the defaults`() throws {
        try tree.make(
            "q",
            [
                .init(name: "disksize", value: .string("3M")), .init(name: "mem_limit", value: .number("1048577")),
                .init(name: "level", value: .number("3")), .init(name: "comp_algorithm", value: .string("zstd")),
            ])
        #expect(try tree.list("") == ["p", "q"])
        #expect(try tree.cat("/q/disksize") == "3145728\n")
        #expect(try tree.cat("/q/mem_limit") == "1052672\n")
        #expect(try tree.cat("/q/level") == "3\n")
        #expect(try tree.cat("/q/comp_algorithm") == "[zstd]\n")
        #expect(try tree.value("/q/comp_algorithm") == .text("zstd"))
        try tree.make("r")
        #expect(try tree.cat("/r/disksize") == "1048576\n")
        #expect(try tree.cat("/r/mem_limit") == "0\n")
        #expect(try tree.cat("/r/level") == "1\n")
    }

    @Test(arguments: [
        ("disksize", JSONValue.string("1Q")), ("disksize", .string("-1")), ("disksize", .string("1.5G")),
        ("disksize", .string("")), ("disksize", .number("0")), ("disksize", .number("1e6")),
        ("disksize", .string("17T")),
        ("disksize", .boolean(true)), ("mem_limit", .string("1Q")), ("mem_limit", .number("-1")),
        ("level", .number("99")), ("level", .string("fast")), ("comp_algorithm", .string("lzo")),
        ("size", .number("1")),
    ])
    func `a bad setting makes no pool and says which it is`(_ name: String, _ value: JSONValue) throws {
        let failure = #expect(throws: Failure.self) { try tree.make("q", [.init(name: name, value: value)]) }
        #expect(failure?.errno == .invalidArgument)
        #expect(failure?.reason.contains(name) == true)
        #expect(try tree.list("") == ["p"])
    }

    @Test func `a pool that exists, and one too many, are refused`() throws {
        #expect(errno { () throws(Failure) in try tree.make("p") } == .fileExists)
        for name in ["q", "r", "s"] { try tree.make(name) }
        #expect(errno { () throws(Failure) in try tree.make("t") } == .tooManyOpenFilesInSystem)
        try tree.node("/q").remove(Caller())
        try tree.make("t")
    }

    @Test(arguments: ["1Q", "-1", "1.5G", "", " ", "0x10", "18446744073709551616"])
    func `sizes that are none change nothing`(_ text: String) throws {
        for file in ["/p/disksize", "/p/mem_limit"] {
            let before = try tree.cat(file)
            #expect(errno { () throws(Failure) in try tree.echo(text, file) } == .invalidArgument)
            #expect(try tree.cat(file) == before)
        }
    }

    @Test func `the device does not shrink below a page, nor the limit below what is held`() throws {
        try tree.put(PoolTree.page, "/p/pages/200")
        #expect(errno { () throws(Failure) in try tree.echo("800K", "/p/disksize") } == .resourceBusy)
        try tree.echo("804K\n", "/p/disksize")
        try tree.echo("2M", "/p/disksize")
        let failure = #expect(throws: Failure.self) { try tree.echo("4K", "/p/mem_limit") }
        #expect(failure?.errno == .resourceBusy)
        #expect(failure?.reason.hasPrefix("the pool holds ") == true)
        try tree.echo("64k", "/p/mem_limit")
        #expect(try tree.bytes("/p/pages/200") == PoolTree.page)
    }

    @Test func `the maximum is forgotten by 0 and by nothing else`() throws {
        try tree.put(PoolTree.page, "/p/pages/0")
        let most = try tree.value("/p/mem_used_max")
        try tree.node("/p/pages/0").remove(Caller())
        #expect(try tree.value("/p/mem_used_max") == most)
        #expect(errno { () throws(Failure) in try tree.echo("1", "/p/mem_used_max") } == .invalidArgument)
        try tree.echo("0", "/p/mem_used_max")
        #expect(try tree.value("/p/mem_used_max") != most)
    }

    @Test func `reset takes a number above 0, discards everything and keeps the settings`() throws {
        try tree.put(PoolTree.page, "/p/pages/0")
        try tree.echo("1M", "/p/mem_limit")
        for text in ["0", "", "yes"] {
            #expect(errno { () throws(Failure) in try tree.echo(text, "/p/reset") } == .invalidArgument)
        }
        #expect(try tree.list("/p/pages") == ["0"])
        try tree.echo("1", "/p/reset")
        #expect(try tree.list("/p/pages") == [])
        #expect(try tree.cat("/p/mem_limit") == "1048576\n")
    }

    @Test func `a level that there is holds for the pages that come`() throws {
        try tree.echo("9\n", "/p/level")
        #expect(try tree.cat("/p/level") == "9\n")
        for text in ["23", "-8", "x", ""] {
            #expect(errno { () throws(Failure) in try tree.echo(text, "/p/level") } == .invalidArgument)
        }
        try tree.echo("zstd", "/p/comp_algorithm")
        #expect(errno { () throws(Failure) in try tree.echo("lz4", "/p/comp_algorithm") } == .invalidArgument)
    }
}
