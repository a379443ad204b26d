internal import Bytes
internal import Foundation
internal import PagePool
internal import PagePoolZstd
internal import PoolFS
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite final class BackingFileTests {
    let folder: String
    let tree: PoolTree

    init() throws {
        folder = NSTemporaryDirectory() + "jitfs-backing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        tree = try PoolTree(backing: BackingDirectory(folder))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func refused(_ text: String, _ path: String, as expected: Errno = .invalidArgument) {
        #expect(errno { () throws(Failure) in try tree.echo(text, path) } == expected, "\(path): \(text)")
    }

    private func state(_ page: Int) throws -> Value? {
        guard case .record(let members) = try tree.value("/p/pages/\(page)") else { return nil }
        return members.first { $0.name == "state" }?.value
    }

    private func column(_ number: Int) throws -> Int {
        let columns = try tree.cat("/p/bd_stat").split(separator: " ").map { Int($0.filter(\.isNumber)) ?? -1 }
        #expect(columns.count == 3)
        return columns[number]
    }

    @Test func `a backing store is set by its name, holds pages, and goes when none is in it`() throws {
        #expect(try tree.cat("/p/backing_dev") == "none\n")
        #expect(try tree.cat("/p/spill") == "[never] half pressure\n")
        #expect(try tree.cat("/p/bd_stat") == "       0        0        0\n")
        try tree.echo("cold 1M\n", "/p/backing_dev")
        #expect(try tree.cat("/p/backing_dev") == "cold\n")
        #expect(try tree.cat("/p/spill") == "never half [pressure]\n")
        try tree.put(PoolTree.page, "/p/pages/3")
        try tree.put(PoolTree.page, "/p/pages/4")
        try tree.echo("all", "/p/idle")
        _ = try tree.bytes("/p/pages/4")
        try tree.echo("idle", "/p/writeback")
        guard case .record(let members) = try tree.value("/p/bd_stat") else { Issue.record("no record"); return }
        #expect(members.first { $0.name == "pages" }?.value == .unsigned(1))
        #expect(try column(0) == 16 && column(1) == 0 && column(2) == 16)
        refused("none", "/p/backing_dev", as: .resourceBusy)
        refused("other 1M", "/p/backing_dev", as: .resourceBusy)
        try tree.echo("never", "/p/spill")
        #expect(try tree.bytes("/p/pages/3") == PoolTree.page)
        #expect(try column(1) == 1)
        try tree.node("/p/pages/3").remove(Caller())
        try tree.echo("none", "/p/backing_dev")
        #expect(try tree.cat("/p/backing_dev") == "none\n")
    }

    @Test func `writeback takes zram's words, and pages by their numbers`() throws {
        try tree.echo("cold 1M", "/p/backing_dev")
        for number in 0..<40 { try tree.put(PoolTree.page, "/p/pages/\(number)") }
        for text in ["type=huge", "huge", "huge_idle", "incompressible", "idle", "type=idle"] {
            try tree.echo(text, "/p/writeback")
        }
        #expect(try column(0) == 0)
        try tree.echo("page_index=3 page_indexes=10-19\n", "/p/writeback")
        #expect(try state(3) == .text("backing"))
        #expect(try state(9) == .text("compressed"))
        #expect(try state(19) == .text("backing"))
        for text in [
            "", "all", "idle huge", "type=", "page_index=", "page_index=x", "page_index=-1", "page_index=256",
            "page_indexes=5", "page_indexes=9-3", "page_indexes=0-256", "page_index=1-2", "page=3", "idle page_index=3",
            "page_indexes=1-2-3",
        ] {
            refused(text, "/p/writeback")
        }
        for text in ["", "1", "86400", "idle"] { refused(text, "/p/idle") }
        for text in ["", "all", "x"] { refused(text, "/p/spill") }
    }

    @Test func `the writeback limit counts blocks, and holds when it is enabled`() throws {
        try tree.echo("cold 1M", "/p/backing_dev")
        try tree.put(PoolTree.page, "/p/pages/0")
        try tree.echo("1", "/p/writeback_limit_enable")
        refused("page_index=0", "/p/writeback", as: .ioError)
        try tree.echo("20", "/p/writeback_limit")
        try tree.echo("page_index=0", "/p/writeback")
        #expect(try tree.cat("/p/writeback_limit") == "4\n")
        #expect(try tree.cat("/p/writeback_limit_enable") == "1\n")
        for text in ["2", "", "yes"] { refused(text, "/p/writeback_limit_enable") }
        for text in ["-1", "", "4K"] { refused(text, "/p/writeback_limit") }
    }

    @Test func `bad names are refused, and nothing changes`() throws {
        for text in ["", ".", "..", "a/b", "../x 1M", "/etc/passwd", "cold 100K", "a\u{0}b"] {
            refused(text, "/p/backing_dev")
        }
        refused("absent", "/p/backing_dev", as: .noSuchFileOrDirectory)
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "/etc/passwd")
        refused("link", "/p/backing_dev", as: .tooManySymbolicLinkLevels)
        try tree.echo("32K", "/p/mem_limit")
        refused("new 1M", "/p/backing_dev", as: .noSpace)
        try tree.echo("0", "/p/mem_limit")
        try tree.echo("cold  1M", "/p/backing_dev")
        try tree.echo("cold", "/p/backing_dev")
        refused("cold 1M", "/p/backing_dev", as: .resourceBusy)
        try tree.make("q")
        refused("cold 1M", "/q/backing_dev", as: .resourceBusy)
        #expect(try tree.cat("/q/backing_dev") == "none\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["cold", "link"])
        for file in ["idle", "huge"] { refused(file, "/q/writeback") }
    }

    @Test func `a pool is made with a backing store, or not at all`() throws {
        try tree.make(
            "q",
            [
                .init(name: "backing_size", value: .string("2M")), .init(name: "backing", value: .string("cold")),
                .init(name: "spill", value: .string("half")), .init(name: "mem_limit", value: .string("auto")),
            ])
        #expect(try tree.cat("/q/backing_dev") == "cold\n")
        #expect(try tree.cat("/q/spill") == "never [half] pressure\n")
        #expect(try tree.cat("/q/mem_limit_mode") == "fixed [auto]\n")
        #expect(try tree.cat("/q/mem_limit") != "0\n")
        try tree.echo("fixed", "/q/mem_limit_mode")
        #expect(try tree.cat("/q/mem_limit_mode") == "[fixed] auto\n")
        try tree.echo("auto", "/q/mem_limit")
        #expect(try tree.value("/q/mem_limit_mode") == .text("auto"))
        try tree.echo("1M", "/q/mem_limit")
        #expect(try tree.value("/q/mem_limit_mode") == .text("fixed"))
        for members in [
            [("backing", "cold")], [("backing", "a/b"), ("backing_size", "1M")], [("backing", "absent")],
            [("backing_size", "1M")], [("backing", "")], [("backing", "x"), ("backing_size", "0")], [("spill", "all")],
            [("backing", "x"), ("backing_size", "1K")],
            [("backing", "x"), ("backing_size", "1M"), ("mem_limit", "64K")],
        ] {
            let failure = #expect(throws: Failure.self) {
                try tree.make("r", members.map { .init(name: $0.0, value: .string($0.1)) })
            }
            #expect(failure?.reason.contains("backing") == true || failure?.reason.contains("spill") == true)
        }
        #expect(try tree.list("") == ["p", "q"])
        // With the pool its file is free.
        try tree.node("/q").remove(Caller())
        try tree.make("r", [.init(name: "backing", value: .string("cold"))])
    }

    @Test func `without a directory there are no backing stores`() throws {
        let tree = try PoolTree()
        #expect(errno { () throws(Failure) in try tree.echo("cold 1M", "/p/backing_dev") } == .invalidArgument)
        #expect(
            errno { () throws(Failure) in try tree.make("q", [.init(name: "backing", value: .string("cold"))]) }
                == .invalidArgument)
        #expect(errno { () throws(Failure) in try tree.echo("idle", "/p/writeback") } == .invalidArgument)
    }
}
