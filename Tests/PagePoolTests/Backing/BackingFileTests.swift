internal import Bytes
internal import Foundation
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// A directory of its own that goes with the test.
private final class Folder {
    let path: String
    let directory: BackingDirectory

    init() throws {
        path = NSTemporaryDirectory() + "jitfs-backing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        directory = try BackingDirectory(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, bytes: Int) throws {
        try Data(repeating: 0xA5, count: bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
}

@Suite struct BackingFileTests {
    @Test func `what is written is read, block by block`() throws {
        let folder = try Folder()
        let device = try folder.directory.open(BackingChoice(name: "b", bytes: 1 << 20))
        #expect(device.name == "b" && device.bytes == 1 << 20)
        let cluster = AlignedBuffer(count: 65_536)
        for block in 0..<16 { cluster.store(UInt64(block + 1), at: block * 4096 + 8) }
        try device.write(cluster, at: 65_536)
        let blocks = AlignedBuffer(count: 8192)
        try device.read(at: 65_536 + 3 * 4096, count: 8192, into: blocks)
        #expect(blocks.load(UInt64.self, at: 8) == 4 && blocks.load(UInt64.self, at: 4104) == 5)
        if device.giveBack(65_536..<131_072) {
            try device.read(at: 65_536 + 3 * 4096, count: 4096, into: blocks)
            #expect(blocks.load(UInt64.self, at: 8) == 0)
        }
    }

    @Test func `a file that somebody has made shorter cannot be read`() throws {
        let folder = try Folder()
        let device = try folder.directory.open(BackingChoice(name: "b", bytes: 1 << 20))
        #expect(unsafe truncate("\(folder.path)/b", 300_000) == 0)
        let blocks = AlignedBuffer(count: 4096)
        #expect(throws: Errno.ioError) { try device.read(at: 600 * 1024, count: 4096, into: blocks) }
    }

    @Test func `a name is no path, and what is no file is refused`() throws {
        let folder = try Folder()
        func refused(_ name: String, _ errno: Errno, bytes: UInt64 = 0) {
            #expect(throws: errno, "\(name)") { _ = try folder.directory.open(BackingChoice(name: name, bytes: bytes)) }
        }
        try folder.file("real", bytes: 1 << 20)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "real")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/folder", withIntermediateDirectories: false)
        #expect(unsafe mkfifo("\(folder.path)/pipe", 0o600) == 0)
        for name in ["", ".", "..", "a/b", "/etc/passwd", "../x", "a\u{0}b", String(repeating: "n", count: 256)] {
            refused(name, .invalidArgument)
            refused(name, .invalidArgument, bytes: 1 << 20)
        }
        refused("absent", .noSuchFileOrDirectory)
        refused("link", .tooManySymbolicLinkLevels)
        refused("link", .tooManySymbolicLinkLevels, bytes: 1 << 20)
        refused("folder", .invalidArgument)
        refused("pipe", .invalidArgument)
        refused("new", .invalidArgument, bytes: 262_143)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/new"))
        try folder.file("small", bytes: 262_143)
        refused("small", .invalidArgument)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/small")).count == 262_143)
    }

    @Test func `a file has one user at a time, and keeps its bytes and its length`() throws {
        let folder = try Folder()
        try folder.file("b", bytes: 300_000)
        do {
            let device = try folder.directory.open(BackingChoice(name: "b"))
            #expect(device.bytes == 300_000)
            #expect(throws: Errno.resourceBusy) { _ = try folder.directory.open(BackingChoice(name: "b")) }
            #expect(throws: Errno.resourceBusy) { _ = try folder.directory.open(BackingChoice(name: "b", bytes: 1 << 20)) }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/b")) == Data(repeating: 0xA5, count: 300_000))
        // And grows where it is asked to.
        #expect(try folder.directory.open(BackingChoice(name: "b", bytes: 1 << 20)).bytes == 1 << 20)
    }
}
