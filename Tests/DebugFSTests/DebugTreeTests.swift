internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import DebugFS

@Suite struct DebugTreeTests {
    let debug = DebugFS()

    private func text(_ entry: DebugEntry?) throws -> String {
        var out = ByteBuffer()
        try #require(entry).entry.appendText(to: &out)
        return out.text
    }

    @Test func `a program makes values and sees what was written`() throws {
        let shop = try debug.root.directory("shop")
        let orders = try shop.u32("orders", 7)
        let isOpen = try shop.bool("open", true)
        let motto = try shop.str("motto", "open \t\n")
        #expect(try text(shop["orders"]) == "7\n")
        #expect(try text(shop["open"]) == "Y\n")
        #expect(try text(shop["motto"]) == "open\n")
        try shop["orders"]?.entry.write("0x10\n".utf8Span.span)
        #expect(orders.value == 16)
        #expect(orders.add(.max) == 15)
        isOpen.value = false
        #expect(try text(shop["open"]) == "N\n")
        try motto.set("closed")
        #expect(motto.value == "closed")
        #expect(orders.entry.path == "/shop/orders")
        #expect(orders.entry.name == "orders")
        #expect(debug.entryCount == 4)
        debug.checkInvariants()
    }

    @Test func `signed handles keep their sign`() throws {
        let s8 = try debug.root.s8("a", -128)
        let atomic = try debug.root.atomic("b", -1)
        #expect(s8.value == -128)
        #expect(s8.add(-1) == 127)
        #expect(atomic.add(-1) == -2)
        #expect(try text(debug.root["b"]) == "-2\n")
        #expect(try text(debug.root["a"]) == "127\n")
    }

    @Test func `arrays, registers and blobs read as the kernel prints them`() throws {
        let array = try debug.root.u32Array("array", [1, 2, 4_294_967_295])
        #expect(try text(debug.root["array"]) == "1 2 4294967295\n")
        try array.set([])
        #expect(try text(debug.root["array"]) == "")
        try debug.root.regset32("regs") { [DebugRegister("CTRL", 1), DebugRegister("STATUS", 0xDEAD_BEEF)] }
        #expect(try text(debug.root["regs"]) == "CTRL = 0x00000001\nSTATUS = 0xdeadbeef\n")
        let blob = try debug.root.blob("blob", [0, 255, 10])
        #expect(blob.bytes == [0, 255, 10])
        #expect(debug.heldBytes == 3)
        blob.entry.entry.markGone()
    }

    @Test func `a name is checked, and taken once`() throws {
        _ = try debug.root.u8("a")
        #expect(errno { () throws(Failure) in _ = try debug.root.u8("a") } == .fileExists)
        for name in ["", ".", "..", "a/b", "a\u{0}b"] {
            #expect(errno { () throws(Failure) in _ = try debug.root.directory(name) } == .invalidArgument, "\(name)")
        }
        let long = String(repeating: "n", count: 255)
        _ = try debug.root.u8(long)
        #expect(errno { () throws(Failure) in _ = try debug.root.u8(long + "n") } == .fileNameTooLong)
        for name in ["\u{1}", "a b", "%2F", "<b>", "\"", "\\", "…", "..a", "\u{7f}", "\n"] {
            _ = try debug.root.u8(name)
            #expect(debug.root[name]?.name == name)
        }
        debug.checkInvariants()
    }

    @Test func `a mode has nine bits, and a constant none for writing`() {
        #expect(errno { () throws(Failure) in _ = try debug.root.u8("a", mode: 0o1644) } == .invalidArgument)
        #expect(errno { () throws(Failure) in _ = try debug.root.blob("b", [], mode: 0o644) } == .invalidArgument)
        #expect(debug.entryCount == 0)
    }

    @Test func `a directory with entries is removed only with them`() throws {
        let shop = try debug.root.directory("shop")
        let orders = try shop.u32("orders")
        let inner = try shop.directory("inner")
        let deep = try inner.u8("deep")
        #expect(errno { () throws(Failure) in try shop.entry.remove() } == .directoryNotEmpty)
        try shop.entry.removeTree()
        #expect(orders.entry.isGone && inner.entry.isGone && deep.entry.isGone && shop.entry.isGone)
        #expect(debug.entryCount == 0)
        #expect(orders.entry.path == nil)
        #expect(errno { () throws(Failure) in try shop.entry.removeTree() } == .noSuchFileOrDirectory)
        #expect(errno { () throws(Failure) in _ = try shop.u8("late") } == .noSuchFileOrDirectory)
        #expect(errno { () throws(Failure) in try debug.root.entry.removeTree() } == .resourceBusy)
        // A value without a place is a value still.
        orders.value = 9
        #expect(orders.value == 9)
        debug.checkInvariants()
    }

    @Test func `an entry is renamed within and between directories, and onto nothing that is there`() throws {
        let a = try debug.root.directory("a")
        let b = try debug.root.directory("b")
        let value = try a.u32("x", 5)
        _ = try b.u8("taken")
        #expect(errno { () throws(Failure) in try value.entry.rename(to: "taken", in: b) } == .fileExists)
        try value.entry.rename(to: "y", in: b)
        #expect(a["x"] == nil)
        #expect(b["y"]?.path == "/b/y")
        try value.entry.rename(to: "y")
        try value.entry.rename(to: "z")
        #expect(value.entry.path == "/b/z")
        #expect(value.value == 5)
        #expect(errno { () throws(Failure) in try value.entry.rename(to: "a/b") } == .invalidArgument)
        debug.checkInvariants()
    }

    @Test func `a directory does not come to stand in itself`() throws {
        let a = try debug.root.directory("a")
        let b = try a.directory("b")
        let c = try b.directory("c")
        #expect(errno { () throws(Failure) in try a.entry.rename(to: "x", in: c) } == .invalidArgument)
        #expect(errno { () throws(Failure) in try a.entry.rename(to: "x", in: a) } == .invalidArgument)
        #expect(errno { () throws(Failure) in try debug.root.entry.rename(to: "x", in: a) } == .resourceBusy)
        try c.entry.rename(to: "c", in: debug.root)
        try a.entry.rename(to: "a", in: c)
        #expect(b.entry.path == "/c/a/b")
        debug.checkInvariants()
    }

    @Test func `what there is at most is refused beyond it`() throws {
        let debug = DebugFS(
            limits: DebugLimits(entriesMax: 3, bytesMax: 10, stringBytesMax: 6, blobBytesMax: 8, depthMax: 2))
        let a = try debug.root.directory("a")
        let b = try a.directory("b")
        #expect(errno { () throws(Failure) in _ = try b.u8("deep") } == .fileNameTooLong)
        let text = try a.str("text", "123456")
        #expect(errno { () throws(Failure) in _ = try a.u8("more") } == .noSpace)
        #expect(errno { () throws(Failure) in _ = try a.directory("b") } == .fileExists)
        #expect(errno { () throws(Failure) in try text.set("1234567") } == .fileTooLarge)
        #expect(errno { () throws(Failure) in try text.set("a\u{0}b") } == .invalidArgument)
        #expect(text.value == "123456")
        try b.entry.remove()
        #expect(
            errno { () throws(Failure) in _ = try a.blob("blob", [UInt8](repeating: 1, count: 9)) } == .fileTooLarge)
        #expect(errno { () throws(Failure) in _ = try a.blob("blob", [UInt8](repeating: 1, count: 5)) } == .noSpace)
        #expect(debug.heldBytes == 6)
        #expect(debug.refusedEntryCount == 1 && debug.refusedByteCount == 1)
        try text.entry.remove()
        debug.checkInvariants()
    }

    @Test func `bytes are given back with the last who refers to them`() throws {
        let debug = DebugFS()
        do {
            let text = try debug.root.str("text", "123456")
            _ = try debug.root.blob("blob", [1, 2, 3])
            try debug.root.symlink("link", to: "text")
            #expect(debug.heldBytes == 13)
            try text.set("1")
            #expect(debug.heldBytes == 8)
        }
        debug.root.removeAll()
        #expect(debug.heldBytes == 0)
        #expect(debug.entryCount == 0)
    }

    @Test func `too deep a directory is not moved deeper`() throws {
        let debug = DebugFS(limits: DebugLimits(depthMax: 4))
        let a = try debug.root.directory("a")
        let b = try a.directory("b")
        _ = try b.u8("c")
        let x = try debug.root.directory("x")
        let y = try x.directory("y")
        #expect(errno { () throws(Failure) in try a.entry.rename(to: "a", in: y) } == .fileNameTooLong)
        try a.entry.rename(to: "a", in: x)
        #expect(b.entry.path == "/x/a/b")
        try a.entry.rename(to: "a2")
        debug.checkInvariants()
    }

    @Test func `an owner takes along what was made with it`() throws {
        let kept = try debug.root.u8("kept")
        let owner = Owner(name: "shop")
        let shop = try debug.root.directory("shop", owner: owner)
        _ = try shop.u32("orders")
        let single = try debug.root.u8("single", owner: owner)
        for number in 0..<300 {
            let passing = try debug.root.u8("passing\(number)", owner: owner)
            try passing.entry.remove()
        }
        owner.release()
        #expect(shop.entry.isGone && single.entry.isGone && !kept.entry.isGone)
        #expect(debug.entryCount == 1)
        #expect(errno { () throws(Failure) in _ = try debug.root.u8("late", owner: owner) } == .noSuchFileOrDirectory)
        #expect(debug.entryCount == 1)
        do {
            let passing = Owner(name: "passing")
            _ = try debug.root.u8("gone with it", owner: passing)
        }
        #expect(debug.entryCount == 1)
        debug.checkInvariants()
    }

    @Test func `a change tells who watches the value, once for each time that they wait`() throws {
        let number = try debug.root.u32("n")
        let calls = Calls()
        let watch = debug.watches.open(number.entry.entry)
        watch.onChange { calls.count() }
        number.value = 1
        #expect(calls.now == 0)
        watch.arm()
        number.value = 2
        number.value = 3
        #expect(calls.now == 1)
        watch.arm()
        try debug.root.entry.debug.removeTree(number.entry.entry)
        #expect(calls.now == 2)
        watch.close()
        #expect(debug.watches.count == 0)
        #expect(!number.entry.entry.isWatched)
    }

    @Test func `who listens hears of entries that come, go and are renamed`() throws {
        let heard = Heard()
        debug.onChange { heard.add($0) }
        let a = try debug.root.directory("a")
        let x = try a.u8("x")
        try x.entry.rename(to: "y")
        try a.entry.removeTree()
        #expect(heard.now == [.made, .made, .renamed(from: "/a/x"), .removed])
    }

    @Test func `a page of a large directory begins behind any name`() throws {
        let names = (0..<1000).map { "n\($0)" }
        for name in names.shuffled() { _ = try debug.root.u8(name) }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(debug.root.entries(count: 5000).map(\.name) == sorted)
        #expect(debug.root.entries(after: "n500", count: 3).map(\.name) == ["n501", "n502", "n503"])
        #expect(debug.root.entries(after: "n5000", count: 1).map(\.name) == ["n501"])
        #expect(debug.root.entries(after: "z", count: 1).isEmpty)
        #expect(debug.root.entries(after: "", count: 1).map(\.name) == ["n0"])
        debug.checkInvariants()
    }
}
