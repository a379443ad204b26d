import Bytes
import Foundation
import Glibc
import PseudoFS
import SystemPackage
import Testing

@testable import HostFS

/// A directory with a tree to be shown and what must not be, and the tree mounted as `/host/t`.
final class HostFixture: @unchecked Sendable {
    // Sendable: constant but for the file system.
    let scratch: String
    let trees: HostTrees
    let namespace: Namespace

    /// Makes the directories; `prepare` fills them before they are mounted.
    ///
    /// - Parameters:
    ///   - description: of the tree, its directory being replaced by the prepared one unless it is not empty.
    ///   - limits: what host trees may take.
    ///   - prepare: gets the directory that is shown; beside it stands `outside` with a file that holds `secret`.
    /// - Throws: what cannot be made.
    init(
        _ description: HostTreeDescription = HostTreeDescription(name: "t", directory: ""),
        limits: HostLimits = HostLimits(), prepare: (String) throws -> Void = { _ in }
    ) throws {
        scratch = "/tmp/jitfs-host-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: scratch + "/tree", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: scratch + "/outside", withIntermediateDirectories: true)
        try Data("secret\n".utf8).write(to: URL(filePath: scratch + "/outside/file"))
        try Data("secret\n".utf8).write(to: URL(filePath: scratch + "/outside/outside"))
        try prepare(scratch + "/tree")
        trees = HostTrees(limits: limits)
        var description = description
        if description.directory.isEmpty { description.directory = scratch + "/tree" }
        try trees.add(description)
        namespace = Namespace(mounts: [Mount(.hostfs(trees), at: "/host", isEnteredFromAbove: false)])
    }

    deinit {
        trees.close()
        try? FileManager.default.removeItem(atPath: scratch)
    }

    static let writable = HostTreeDescription(name: "t", directory: "", isWritable: true)

    func node(_ path: String, purpose: Namespace.Purpose = .look) throws(Failure) -> Node {
        try namespace.walk("/host/t\(path)".utf8Span.span, caller: Caller(), purpose: purpose).node
    }

    /// The bytes of a file, as `?raw` gives them.
    func bytes(_ path: String) throws(Failure) -> [UInt8] {
        let node = try node(path)
        var out = ByteBuffer()
        if node.declaration.content == .attribute {
            try node.readText(into: &out)
            return out.array
        }
        let file = try node.open(ReadRequest(form: .text))
        while file.read(into: &out, limit: 16384) == .more {}
        file.close()
        if let failure = file.failure { throw failure }
        return out.array
    }

    func text(_ path: String) throws(Failure) -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// What reading fails with; nil where it does not.
    func errno(_ path: String) -> Errno? {
        do throws(Failure) {
            _ = try bytes(path)
            return nil
        } catch {
            return error.errno
        }
    }

    func write(_ path: String, _ text: String, appends: Bool = false) throws(Failure) {
        try node(path, purpose: .change).write(text.utf8Span.span, WriteRequest(appends: appends))
    }

    func remove(_ path: String) throws(Failure) { try node(path, purpose: .entry).remove(Caller()) }

    func entries(_ path: String, after: String? = nil, countMax: Int = .max) throws(Failure) -> [DirectoryEntry] {
        let reader = try node(path).entries()
        if let after { reader.seek(after: after.utf8Span.span) }
        var entries: [DirectoryEntry] = []
        while entries.count < countMax, let entry = reader.next() { entries.append(entry) }
        return entries
    }

    func names(_ path: String) throws(Failure) -> [String] { try entries(path).map(\.name) }
}

/// Writes a file of a prepared tree.
func put(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

/// Makes a directory of a prepared tree.
func make(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}

/// Makes a link of a prepared tree.
func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
}
