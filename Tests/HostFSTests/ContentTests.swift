import Bytes
import Foundation
import Glibc
import JITFSTestSupport
import PseudoFS
import Synchronization
import SystemPackage
import Testing

@testable import HostFS

@Suite("What is in the files of a host tree")
struct ContentTests {
    private func document(_ fixture: HostFixture, _ path: String, _ form: Form) throws -> String {
        let file = try fixture.node(path).open(ReadRequest(form: form))
        var out = ByteBuffer()
        // Small pieces, so that characters lie across their borders.
        while file.read(into: &out, limit: 7) == .more {}
        file.close()
        if let failure = file.failure { throw failure }
        return String(decoding: out.array, as: UTF8.self)
    }

    @Test func `a kept file is a document, its length known before`() throws {
        let text = String(repeating: "Grüße, 世界 \u{1F600} \"quoted\"\\\n", count: 20_000)
        let fixture = try HostFixture { try put($0 + "/file", text) }
        let node = try fixture.node("/file")
        #expect(node.declaration.content == .document)
        #expect(try node.open(ReadRequest(form: .text)).length == UInt64(text.utf8.count))
        #expect(try fixture.text("/file") == text)
        let json = try document(fixture, "/file", .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["value"] as? String == text)
        #expect(object["path"] as? String == "/host/t/file")
        #expect(object["type"] as? String == "file")
        #expect(object["mode"] as? String == "0644")
    }

    @Test func `what is not UTF-8 is U+FFFD in JSON and untouched raw`() throws {
        var bytes = Array("a\u{E9}".utf8) + [0xFF, 0xC3, 0x28, 0xE2, 0x82]
        bytes += [UInt8](repeating: 0xF0, count: 100) + [0, 0x0A, 0xE2, 0x82]
        let fixture = try HostFixture { tree in
            try Data(bytes).write(to: URL(filePath: tree + "/file"))
        }
        #expect(try fixture.bytes("/file") == bytes)
        let json = try document(fixture, "/file", .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let value = try #require(object["value"] as? String)
        #expect(value.hasPrefix("aé\u{FFFD}\u{FFFD}("))
        #expect(value.unicodeScalars.contains("\u{0}"))
    }

    @Test func `an empty file is an empty value`() throws {
        let fixture = try HostFixture { try put($0 + "/empty", "") }
        #expect(try fixture.text("/empty") == "")
        #expect(try fixture.node("/empty").read().value == .text(""))
    }

    @Test func `a file that becomes shorter while it is read ends with a failure, one that grows as it was`() throws {
        let fixture = try HostFixture { tree in
            try put(tree + "/short", String(repeating: "x", count: 1 << 20))
            try put(tree + "/long", String(repeating: "y", count: 1 << 20))
        }
        for (name, size) in [("short", 1000), ("long", 2 << 20)] {
            let file = try fixture.node("/" + name).open(ReadRequest(form: .text))
            var out = ByteBuffer()
            #expect(file.read(into: &out, limit: 1000) == .more)
            unsafe _ = truncate(fixture.scratch + "/tree/" + name, size)
            while file.read(into: &out, limit: 65536) == .more {}
            if name == "short" {
                #expect(file.failure?.errno == .ioError)
                #expect(out.count < 1 << 20)
            } else {
                #expect(file.failure == nil)
                #expect(out.count == 1 << 20)
            }
        }
    }

    @Test func `a file that is removed while it is read is read to its end`() throws {
        let fixture = try HostFixture { try put($0 + "/file", String(repeating: "x", count: 1 << 20)) }
        let file = try fixture.node("/file").open(ReadRequest(form: .text))
        try FileManager.default.removeItem(atPath: fixture.scratch + "/tree/file")
        var out = ByteBuffer()
        while file.read(into: &out, limit: 65536) == .more {}
        #expect(file.failure == nil && out.count == 1 << 20)
        #expect(fixture.errno("/file") == .noSuchFileOrDirectory)
    }

    @Test func `a file may be called as the kernel calls those that were removed`() throws {
        let fixture = try HostFixture { tree in
            try put(tree + "/file (deleted)", "still here\n")
            try put(tree + "/file", "here\n")
        }
        #expect(try fixture.text("/file (deleted)") == "still here\n")
        #expect(try fixture.text("/file") == "here\n")
    }

    @Test func `value, text and tag of one answer are from one reading`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/proc"))
        let node = try fixture.node("/sys/kernel/random/uuid")
        var out = ByteBuffer()
        let before = try node.read()
        try node.readText(into: &out)
        #expect(before.value == .text(String(repairing: out.span.withoutNewline)))
        #expect(try node.read().fingerprint == before.fingerprint)
        #expect(try fixture.node("/sys/kernel/random/uuid").read().fingerprint != before.fingerprint)
    }

    @Test func `characters are counted to the last whole one`() {
        for text in ["", "a", "é", "世", "\u{1F600}", "aé", "a世b"] {
            let bytes = Array(text.utf8)
            #expect(bytes.span.wholeCharacters == bytes.count)
            guard let last = text.last, last.utf8.count > 1 else { continue }
            let cut = Array(bytes.dropLast())
            #expect(cut.span.wholeCharacters == bytes.count - last.utf8.count)
        }
        #expect([0x80, 0x80, 0x80, 0x80, 0x80].span.wholeCharacters == 5)
    }

    @Test func `descriptors are closed with what needed them, and bounded`() throws {
        let fixture = try HostFixture(limits: HostLimits(filesMax: 16)) { tree in
            try put(tree + "/file", "inside\n")
            try make(tree + "/d/e")
        }
        let open = fixture.trees.filesOpen
        for _ in 0..<50 {
            _ = try fixture.text("/file")
            _ = try fixture.names("/d")
            _ = fixture.errno("/none")
        }
        #expect(fixture.trees.filesOpen == open)
        var held: [Node] = []
        let refused = #expect(throws: Failure.self) {
            for _ in 0..<20 { held.append(try fixture.node("/file")) }
        }
        #expect(refused?.errno == .tooManyOpenFiles)
        #expect(fixture.trees.refusals.files == 1)
        held = []
        #expect(fixture.trees.filesOpen == open)
        #expect(try fixture.text("/file") == "inside\n")
    }

    @Test func `reading by many threads gives each the whole`() throws {
        let text = String(repeating: "0123456789", count: 30_000)
        let fixture = try HostFixture { try put($0 + "/file", text) }
        let wrong = Atomic<Int>(0)
        var threads = Threads()
        for _ in 0..<4 {
            threads.start {
                for _ in 0..<20 where (try? fixture.text("/file")) != text { wrong.add(1, ordering: .relaxed) }
            }
        }
        threads.join()
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
