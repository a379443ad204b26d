import Bytes
import Foundation
import Glibc
import PseudoFS
import SystemPackage
import Testing

@testable import HostFS

@Suite("Writing to a host tree")
struct WritingTests {
    private func content(_ fixture: HostFixture, _ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: fixture.scratch + "/tree/" + name)), as: UTF8.self)
    }

    @Test func `a tree is read-only unless it was given otherwise`() throws {
        let fixture = try HostFixture { tree in
            try make(tree + "/d")
            try put(tree + "/file", "old\n")
        }
        for path in ["", "/d", "/file"] {
            #expect(try fixture.node(path).declaration.verbs == .read)
            #expect(try fixture.node(path).declaration.foreign == .readOnly)
        }
        #expect(throws: Failure.self) { try fixture.write("/file", "new") }
        #expect(throws: Failure.self) { try fixture.remove("/file") }
        #expect(try fixture.text("/file") == "old\n")
    }

    @Test func `a write truncates, an append does not, and neither makes a file`() throws {
        let fixture = try HostFixture(HostFixture.writable) { try put($0 + "/file", "something long\n") }
        try fixture.write("/file", "new\n")
        #expect(try content(fixture, "file") == "new\n")
        try fixture.write("/file", "more\n", appends: true)
        #expect(try content(fixture, "file") == "new\nmore\n")
        try fixture.write("/file", "")
        #expect(try content(fixture, "file") == "")
        let failure = #expect(throws: Failure.self) { try fixture.write("/none", "x") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
        #expect(try fixture.names("") == ["file"])
    }

    @Test func `what is written is what the next reading of the same node gives`() throws {
        let fixture = try HostFixture(HostFixture.writable) { try put($0 + "/file", "") }
        let node = try fixture.node("/file", purpose: .change)
        #expect(try node.read().value == .text(""))
        try node.write("two".utf8Span.span, WriteRequest())
        #expect(try node.read().value == .text("two"))
    }

    @Test func `an error of the write is about the content, with its errno`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/proc/sys", isWritable: true))
        let failure = #expect(throws: Failure.self) { try fixture.write("/kernel/ostype", "x") }
        #expect(failure?.errno == .permissionDenied || failure?.errno == .notPermitted)
        guard getuid() == 0 else { return }
        let value = try fixture.text("/kernel/printk_ratelimit")
        let wrong = #expect(throws: Failure.self) { try fixture.write("/kernel/printk_ratelimit", "no number\n") }
        #expect(wrong?.errno == .invalidArgument)
        #expect(wrong?.subject == .content)
        #expect(try fixture.text("/kernel/printk_ratelimit") == value)
    }

    @Test func `directories are made and removed, and entries with them`() throws {
        let fixture = try HostFixture(HostFixture.writable) { tree in
            try make(tree + "/d")
            try put(tree + "/d/file", "x")
            unsafe _ = mkfifo(tree + "/d/fifo", 0o600)
        }
        let top = try fixture.node("", purpose: .create)
        try top.make("new", CreateRequest())
        #expect(try fixture.node("/new").declaration.isDirectory)
        let twice = #expect(throws: Failure.self) { try top.make("new", CreateRequest()) }
        #expect(twice?.errno == .fileExists)
        let full = #expect(throws: Failure.self) { try fixture.remove("/d") }
        #expect(full?.errno == .directoryNotEmpty)
        try fixture.remove("/d/file")
        try fixture.remove("/d/fifo")
        try fixture.remove("/d")
        try fixture.remove("/new")
        #expect(try fixture.names("").isEmpty)
        #expect(throws: Failure.self) { try fixture.remove("") }
    }

    @Test func `removing takes the link itself, where it leads to, and where it leads nowhere`() throws {
        let fixture = try HostFixture(HostFixture.writable) { tree in
            try make(tree + "/d")
            try put(tree + "/d/file", "kept\n")
            try link(tree + "/good", to: "d/file")
            try link(tree + "/directory", to: "d")
            try link(tree + "/nowhere", to: "none")
            try link(tree + "/out", to: "../outside/file")
            try link(tree + "/loop", to: "loop")
        }
        #expect(try fixture.text("/good") == "kept\n")
        #expect(fixture.errno("/nowhere") == .noSuchFileOrDirectory)
        #expect(fixture.errno("/out") == .improperLink)
        #expect(fixture.errno("/loop") == .tooManySymbolicLinkLevels)
        #expect(throws: Failure.self) { try fixture.write("/out", "gone\n") }
        let own = try fixture.node("/good", purpose: .entry).path
        #expect(String(repairing: own.span) == "/host/t/good")
        for name in ["good", "directory", "nowhere", "out", "loop"] { try fixture.remove("/" + name) }
        #expect(try fixture.names("") == ["d"])
        #expect(try fixture.text("/d/file") == "kept\n")
        let secret = try Data(contentsOf: URL(filePath: fixture.scratch + "/outside/file"))
        #expect(secret == Data("secret\n".utf8))
    }

    @Test func `through a link the file that it leads to is written`() throws {
        let fixture = try HostFixture(HostFixture.writable) { tree in
            try make(tree + "/d")
            try put(tree + "/d/file", "old\n")
            try link(tree + "/good", to: "d/file")
        }
        try fixture.write("/good", "new\n")
        #expect(try content(fixture, "d/file") == "new\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.scratch + "/tree/good")
        #expect(attributes[.type] as? FileAttributeType == .typeSymbolicLink)
    }

    @Test func `what stands there by now is not removed for what stood there`() throws {
        let fixture = try HostFixture(HostFixture.writable) { try put($0 + "/file", "old\n") }
        let node = try fixture.node("/file", purpose: .entry)
        try FileManager.default.moveItem(
            atPath: fixture.scratch + "/tree/file", toPath: fixture.scratch + "/outside/old")
        try put(fixture.scratch + "/tree/file", "new\n")
        let failure = #expect(throws: Failure.self) { try node.remove(Caller()) }
        #expect(failure?.errno == .resourceBusy)
        #expect(try fixture.text("/file") == "new\n")
    }
}
