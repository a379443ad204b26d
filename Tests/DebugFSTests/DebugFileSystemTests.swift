internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import DebugFS

/// debugfs as it is seen in the tree.
@Suite struct DebugFileSystemTests {
    let tree = DebugTree()

    @Test func `what a program made is walked to, and what is written reaches the program`() throws {
        let shop = try tree.debug.root.directory("shop")
        let orders = try shop.u32("orders", 7)
        let mask = try shop.x16("mask", 255)
        #expect(try tree.cat("/shop/orders") == "7\n")
        #expect(try tree.value("/shop/orders") == .unsigned(7))
        #expect(try tree.node("/shop/orders").read().members == [.init("format", .text("u32"))])
        #expect(try tree.cat("/shop/mask") == "0x00ff\n")
        try tree.echo("0x10\n", "/shop/orders")
        #expect(orders.value == 16)
        orders.value = 5
        mask.value = 1
        #expect(try tree.cat("/shop/orders") == "5\n")
        #expect(try tree.list("/shop") == ["mask", "orders"])
        #expect(errno { () throws(Failure) in try tree.echo("x", "/shop/orders") } == .invalidArgument)
        #expect(errno { () throws(Failure) in try tree.echo("4294967296", "/shop/orders") } == .outOfRange)
        #expect(orders.value == 5)
    }

    @Test func `the mode decides who is read and who is written`() throws {
        let fixed = try tree.debug.root.u8("fixed", 1, mode: 0o444)
        let secret = try tree.debug.root.u8("secret", 1, mode: 0o200)
        #expect(errno { () throws(Failure) in try tree.echo("2", "/fixed") } == .permissionDenied)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/secret") } == .permissionDenied)
        #expect(errno { () throws(Failure) in _ = try tree.value("/secret") } == .permissionDenied)
        try tree.echo("3", "/secret")
        #expect(fixed.value == 1 && secret.value == 3)
        #expect(try tree.node("/fixed").declaration.mode == 0o444)
        #expect(try tree.node("/secret").declaration.mode == 0o200)
    }

    @Test func `each type is read as what it is`() throws {
        let root = tree.debug.root
        _ = try root.bool("bool", true)
        _ = try root.s32("s32", -5)
        _ = try root.str("str", "à b")
        _ = try root.blob("blob", [0, 255])
        _ = try root.u32Array("array", [1, 2])
        try root.regset32("regs") { [DebugRegister("A", 16)] }
        try root.file("file") { (out) throws(Failure) in out.append("two\nlines\n") }
        try root.number("queue", .u16) { () throws(Failure) in UInt16(9) }
        #expect(try tree.value("/bool") == .boolean(true))
        #expect(try tree.value("/s32") == .integer(-5))
        #expect(try tree.value("/str") == .text("à b"))
        #expect(try tree.value("/array") == .list([.unsigned(1), .unsigned(2)]))
        #expect(try tree.value("/regs") == .record([.init("A", .unsigned(16))]))
        #expect(try tree.value("/file") == .text("two\nlines"))
        #expect(try tree.value("/queue") == .unsigned(9))
        #expect(
            try tree.value("/blob") == .record([.init("format", .text("blob")), .init("size", .unsigned(2))]))
        #expect(try tree.cat("/bool") == "Y\n")
        #expect(try tree.cat("/file") == "two\nlines\n")
        #expect(try tree.cat("/array") == "1 2\n")
        #expect(try tree.cat("/regs") == "A = 0x00000010\n")
        #expect(errno { () throws(Failure) in try tree.echo("1", "/queue") } == .permissionDenied)
        #expect(errno { () throws(Failure) in try tree.echo("1", "/array") } == .permissionDenied)
        #expect(try !tree.node("/array").declaration.verbs.contains(.write))
        #expect(try !tree.node("/blob").declaration.verbs.contains(.write))
    }

    @Test func `a file's write operation gets the bytes, and what it throws is the answer`() throws {
        let heard = Calls()
        try tree.debug.root.file(
            "command", mode: 0o200, read: nil,
            write: { bytes throws(Failure) in
                guard bytes.equals("go") else {
                    throw Failure(.invalidArgument, "go is all it takes", subject: .content)
                }
                heard.count()
            })
        try tree.echo("go", "/command")
        #expect(heard.now == 1)
        #expect(errno { () throws(Failure) in try tree.echo("stop", "/command") } == .invalidArgument)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/command") } == .permissionDenied)
    }

    @Test func `a sequence is rendered while it is read`() throws {
        try tree.debug.root.sequence("numbers") { (_) throws(Failure) in Counting(to: 1000) }
        let file = try tree.node("/numbers").open(ReadRequest(form: .text))
        var out = ByteBuffer()
        var steps = 1
        while file.read(into: &out, limit: 100) != .end { steps += 1 }
        #expect(steps > 10)
        #expect(out.text == (0..<1000).map { "\($0)\n" }.joined())
    }

    @Test func `a client makes values, directories, links and whole subtrees`() throws {
        try tree.make("", "v", [.init(name: "type", value: .string("u8")), .init(name: "value", value: .number("7"))])
        try tree.make("", "d", [])
        try tree.make(
            "/d", "inner", [.init(name: "type", value: .string("str")), .init(name: "value", value: .string("x"))])
        try tree.make(
            "/d", "link",
            [.init(name: "type", value: .string("symlink")), .init(name: "target", value: .string("../v"))])
        #expect(try tree.cat("/v") == "7\n")
        #expect(try tree.cat("/d/inner") == "x\n")
        #expect(try tree.cat("/d/link") == "7\n")
        #expect(errno { () throws(Failure) in try tree.make("", "v", []) } == .fileExists)
        #expect(try tree.list("/d") == ["inner", "link"])
    }

    @Test func `links lead on, in circles they are refused, and out of their mount too`() throws {
        let root = tree.debug.root
        let inner = try root.directory("a").directory("b")
        _ = try inner.u8("v", 3)
        try root.symlink("to", to: "a/b")
        try root.symlink("absolute", to: "/debug/a/b/v")
        try inner.symlink("up", to: "../../to/v")
        try root.symlink("loop", to: "loop")
        try root.symlink("one", to: "other")
        try root.symlink("other", to: "one")
        try root.symlink("out", to: "../outside")
        try root.symlink("top", to: "/")
        try root.symlink("nowhere", to: "missing")
        #expect(try tree.cat("/to/v") == "3\n")
        #expect(try tree.cat("/absolute") == "3\n")
        #expect(try tree.cat("/a/b/up") == "3\n")
        #expect(errno { () throws(Failure) in _ = try tree.cat("/loop") } == .tooManySymbolicLinkLevels)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/one/x") } == .tooManySymbolicLinkLevels)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/out") } == .improperLink)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/top") } == .improperLink)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/nowhere") } == .noSuchFileOrDirectory)
        // What is removed is the link.
        try tree.remove("/to")
        #expect(try tree.cat("/a/b/v") == "3\n")
    }

    @Test func `what a client removes is gone, and a full directory only with everything`() throws {
        let shop = try tree.debug.root.directory("shop")
        let orders = try shop.u32("orders")
        _ = try tree.cat("/shop/orders")
        #expect(errno { () throws(Failure) in try tree.remove("/shop") } == .directoryNotEmpty)
        let held = try tree.node("/shop/orders")
        try tree.remove("/shop", tree: true)
        #expect(errno { () throws(Failure) in _ = try tree.cat("/shop/orders") } == .noSuchFileOrDirectory)
        #expect(errno { () throws(Failure) in _ = try held.read() } == .operationNotSupportedByDevice)
        #expect(orders.entry.isGone)
        #expect(errno { () throws(Failure) in try tree.remove("") } == .notPermitted)
    }

    @Test func `an entry that the program renamed or removed is not found at its old path`() throws {
        let shop = try tree.debug.root.directory("shop")
        _ = try shop.u32("orders", 7)
        #expect(try tree.cat("/shop/orders") == "7\n")
        try shop.entry.rename(to: "store")
        #expect(errno { () throws(Failure) in _ = try tree.cat("/shop/orders") } == .noSuchFileOrDirectory)
        #expect(try tree.cat("/store/orders") == "7\n")
        _ = try tree.debug.root.u8("shop", 1)
        #expect(try tree.cat("/shop") == "1\n")
        tree.debug.root.remove("store")
        #expect(errno { () throws(Failure) in _ = try tree.cat("/store/orders") } == .noSuchFileOrDirectory)
        tree.namespace.checkInvariants()
    }

    @Test func `a client renames within the file system`() throws {
        let a = try tree.debug.root.directory("a")
        _ = try a.u32("x", 5)
        _ = try tree.debug.root.directory("b")
        let node = try tree.node("/a/x")
        try node.rename(to: try tree.node("/b"), "y", Caller())
        tree.namespace.renamed(node)
        #expect(try tree.cat("/b/y") == "5\n")
        #expect(errno { () throws(Failure) in _ = try tree.cat("/a/x") } == .noSuchFileOrDirectory)
        let directory = try tree.node("/a")
        try directory.rename(to: try tree.node("/b"), "a", Caller())
        tree.namespace.renamed(directory)
        #expect(try tree.list("/b") == ["a", "y"])
        #expect(
            errno { () throws(Failure) in try tree.node("/b").rename(to: try tree.node("/b/a"), "b", Caller()) }
                == .invalidArgument)
    }

    @Test func `an owner's entries go while somebody has them open`() throws {
        let owner = Owner(name: "shop")
        let shop = try tree.debug.root.directory("shop", owner: owner)
        _ = try shop.u32("orders")
        let node = try tree.node("/shop/orders")
        let reader = try tree.node("/shop").entries()
        owner.release()
        #expect(errno { () throws(Failure) in _ = try node.read() } == .operationNotSupportedByDevice)
        #expect(reader.next() == nil)
        #expect(errno { () throws(Failure) in _ = try tree.node("/shop") } == .noSuchFileOrDirectory)
    }

    @Test func `a change of the program's tells who watches through the tree`() throws {
        let orders = try tree.debug.root.u32("orders")
        let watch = try #require(try tree.node("/orders").openValueWatch())
        let calls = Calls()
        watch.onChange { calls.count() }
        watch.arm()
        orders.add(1)
        #expect(calls.now == 1)
        watch.arm()
        try tree.echo("9", "/orders")
        #expect(calls.now == 2)
        watch.close()
    }

    @Test func `a listing goes on where it was, whatever comes and goes meanwhile`() throws {
        let root = tree.debug.root
        for number in 100..<600 { _ = try root.u8("n\(number)") }
        let reader = try tree.node("").entries()
        var seen: [String] = []
        for _ in 0..<200 { if let entry = reader.next() { seen.append(entry.name) } }
        for number in 100..<600 where number % 2 == 0 { root.remove("n\(number)") }
        for number in 0..<50 { _ = try root.u8("a\(number)") }
        while let entry = reader.next() { seen.append(entry.name) }
        #expect(Set(seen).count == seen.count)
        #expect(seen == seen.sorted())
        let all = Set(seen)
        for number in 100..<600 where number % 2 == 1 { #expect(all.contains("n\(number)")) }
        let page = try tree.node("").entries()
        page.seek(after: "n500".utf8Span.span)
        #expect(page.next()?.name == "n501")
    }

    @Test func `names of any bytes are found as they are listed`() throws {
        let names = ["a b", "\u{1}\u{7f}", "%2e%2e", "<script>", "\"\\", "…", "ü", "-rf", "..."]
        for name in names { _ = try tree.debug.root.u8(name, 1) }
        for name in try tree.list("") { #expect(try tree.cat("/" + name) == "1\n") }
        #expect(Set(try tree.list("")) == Set(names))
    }

    @Test func `threads that read, write, make and remove through the tree leave it sound`() throws {
        let tree = tree
        let seed = Seed.next()
        var threads = Threads()
        for thread in 0..<4 {
            threads.start {
                var random = SeededGenerator(seed: seed &+ UInt64(thread))
                for _ in 0..<800 {
                    let directory = "/d\(Int.random(in: 0..<3, using: &random))"
                    let name = "v\(Int.random(in: 0..<20, using: &random))"
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: try? tree.make("", String(directory.dropFirst()), [])
                    case 1: try? tree.make(directory, name, [.init(name: "type", value: .string("u32"))])
                    case 2: try? tree.remove(directory, tree: true)
                    case 3: _ = try? tree.list(directory)
                    case 4: try? tree.echo("7", directory + "/" + name)
                    default: _ = try? tree.cat(directory + "/" + name)
                    }
                }
            }
        }
        threads.join()
        tree.debug.checkInvariants()
        tree.namespace.checkInvariants()
        tree.debug.root.removeAll()
        #expect(tree.debug.entryCount == 0, "seed \(seed)")
    }
}

/// Numbers, one a line.
private final class Counting: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private var next = 0
    private let end: Int

    init(to end: Int) { self.end = end }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let full = buffer.count + limit
        while buffer.count < full {
            if next == end { return .end }
            buffer.append(decimal: next)
            buffer.append(0x0A)
            next += 1
        }
        return .more
    }

    func close() {}
}
