import Bytes
import Foundation
import Glibc
import JITFSTestSupport
import PseudoFS
import SystemPackage
import Testing

@testable import HostFS

@Suite("Listing a host tree")
struct ListingTests {
    @Test func `entries stand in the order of their bytes, with what they are and where links lead`() throws {
        let fixture = try HostFixture { tree in
            for name in ["b", "a b", "Z", "é", "a", "10", "9"] { try put("\(tree)/\(name)", name) }
            try make(tree + "/d")
            try link(tree + "/l", to: "../outside")
            unsafe _ = chmod(tree + "/d", 0o711)
            unsafe _ = chmod(tree + "/Z", 0o4600)
        }
        let entries = try fixture.entries("")
        #expect(entries.map(\.name) == ["10", "9", "Z", "a", "a b", "b", "d", "l", "é"])
        let kinds = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
        #expect(kinds["d"]?.declaration.kind == .directory)
        #expect(kinds["d"]?.declaration.mode == 0o711)
        #expect(kinds["Z"]?.declaration.kind == .file)
        #expect(kinds["Z"]?.declaration.mode == 0o4600)
        #expect(kinds["l"]?.declaration.kind == .symlink)
        #expect(kinds["l"]?.target == "../outside")
    }

    @Test func `names that are not UTF-8 are listed with U+FFFD, and cannot be asked for`() throws {
        let fixture = try HostFixture { tree in
            for bytes in [[0x61, 0xFF], [0x61, 0xFE]] as [[UInt8]] {
                let path = Array((tree + "/").utf8) + bytes
                let descriptor = unsafe open(
                    path.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o600)
                close(descriptor)
            }
            try put(tree + "/b", "")
        }
        #expect(try fixture.names("") == ["a\u{FFFD}", "a\u{FFFD}", "b"])
        #expect(try fixture.entries("", after: "a\u{FFFD}").map(\.name) == ["b"])
        #expect(fixture.errno("/a\u{FFFD}") == .noSuchFileOrDirectory)
    }

    @Test func `pages of a large directory are what the whole is, and hold a window of it`() throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        let count = 3000
        let fixture = try HostFixture { tree in
            for number in 0..<count { try put("\(tree)/\(number &* 2_654_435_761 % 1_000_003)", "") }
        }
        let expected = (0..<count).map { "\($0 &* 2_654_435_761 % 1_000_003)" }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try fixture.names("") == expected, "SEED=\(seed)")
        for _ in 0..<20 {
            let start = Int.random(in: 0..<count, using: &generator)
            let page = try fixture.entries("", after: expected[start], countMax: 10).map(\.name)
            #expect(page == Array(expected.dropFirst(start + 1).prefix(10)), "SEED=\(seed)")
        }
        let tree = try #require(fixture.trees.trees.first)
        let window = NameWindow(try tree.root.reopenDirectory(), countMin: 7)
        var names: [String] = []
        while let name = try window.next() {
            names.append(String(decoding: name.raw, as: UTF8.self))
            if names.count.isMultiple(of: 97) { window.checkInvariants() }
            #expect(window.heldCount <= 7 << 12)
        }
        #expect(names == expected, "SEED=\(seed)")
    }

    @Test func `a window that is wholly hidden is passed over`() throws {
        let fixture = try HostFixture { tree in
            for number in 100..<200 { try put("\(tree)/\(number)", "") }
            try put(tree + "/last", "")
        }
        let tree = try #require(fixture.trees.trees.first)
        let window = NameWindow(try tree.root.reopenDirectory(), countMin: 4) { $0.first == 0x31 }
        #expect(try window.next()?.raw == Array("last".utf8))
        #expect(try window.next() == nil)
    }

    @Test func `a recursive listing stays on its mount, follows no link, and is not entered from above`() throws {
        let fixture = try HostFixture { tree in
            try make(tree + "/a/b/c")
            try put(tree + "/a/b/file", "")
            try link(tree + "/a/loop", to: "..")
            try make(tree + "/closed")
            try put(tree + "/closed/file", "")
        }
        func walk(_ path: String) throws -> [Substring] {
            let node = try fixture.namespace.walk(path.utf8Span.span, caller: Caller()).node
            let walk = try TreeWalk(below: node, form: .text)
            var out = ByteBuffer()
            while walk.read(into: &out, limit: 100) == .more {}
            return out.text.split(separator: "\n")
        }
        #expect(
            try walk("/host/t") == [
                "/host/t/a/", "/host/t/a/b/", "/host/t/a/b/c/", "/host/t/a/b/file", "/host/t/a/loop",
                "/host/t/closed/", "/host/t/closed/file",
            ])
        #expect(try walk("/host") == ["/host/t/"])
        #expect(try walk("/") == ["/host/"])
    }

    @Test func `a directory that is removed while it is listed ends there`() throws {
        let fixture = try HostFixture { tree in
            try make(tree + "/d")
            for number in 0..<500 { try put("\(tree)/d/\(number)", "") }
        }
        let reader = try fixture.node("/d").entries()
        #expect(reader.next() != nil)
        try FileManager.default.removeItem(atPath: fixture.scratch + "/tree/d")
        var count = 1
        while reader.next() != nil { count += 1 }
        #expect(count <= 500)
    }

    @Test func `a listing reads no file and keeps no node`() throws {
        let fixture = try HostFixture { try put($0 + "/file", "") }
        let reader = try fixture.node("").entries()
        #expect(reader.next()?.name == "file")
        #expect(reader.reading() == nil)
        let live = fixture.namespace.statistics.live
        for _ in 0..<10 { _ = try fixture.text("/file") }
        #expect(fixture.namespace.statistics.live == live)
        fixture.namespace.checkInvariants()
    }
}
