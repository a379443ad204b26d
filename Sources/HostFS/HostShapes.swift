internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// The shapes of what stands in host trees, by kind, mode and whether it may be changed: made when first seen, and
/// kept.
///
/// There are 4,096 modes; a tree has a dozen of them.
enum HostShapes {
    private struct Key: Hashable {
        let kind: HostKind
        let mode: UInt16
        let isWritable: Bool
    }

    private static let shapes = Locked<[Key: EntryShape<HostNode>]>([:])

    /// What a node is, bound to it.
    static func resolution(of node: HostNode) -> Resolution {
        let key = Key(kind: node.kind, mode: node.status.mode, isWritable: node.tree.isWritable)
        if let shape = shapes.withLock({ $0[key] }) { return Resolution(shape, node) }
        let shape = make(key)
        shapes.withLock { $0[key] = shape }
        return Resolution(shape, node)
    }

    private static func make(_ key: Key) -> EntryShape<HostNode> {
        let (mode, isWritable) = (key.mode, key.isWritable)
        let writer: File<HostNode>.Writer = { node, bytes, request throws(Failure) in try node.write(bytes, request) }
        let write = isWritable ? writer : nil
        let file: File<HostNode>
        switch key.kind {
        case .directory:
            return .directory(directory(mode: mode, isWritable: isWritable, isTop: false), isKept: false)
        case .link:
            file = .link(mode: mode, summary: "A symbolic link of the system.") { node, _ in
                let target = node.target
                return String(repairing: target.span)
            }
        case .attribute, .special:
            file = .attribute(
                mode: mode, summary: "A file of the system that is made when it is read.",
                value: { node throws(Failure) in try node.value() }, members: { $0.members() },
                text: { node, out throws(Failure) in try node.appendBytes(to: &out) },
                write: write)
        case .document:
            file = .rendered(
                mode: mode, content: .document, forms: [.json, .text, .bytes], summary: "A file of the system.",
                open: { node, request throws(Failure) in try node.openDocument(request) }, write: write)
        case .lines:
            file = .rendered(
                mode: mode, content: .stream, forms: [.ndjson, .text], parameters: [count, timeout],
                summary: "A file of the system that waits for lines, and takes them away.",
                open: { node, request throws(Failure) in try node.openStream(request) }, write: write)
        case .bytes:
            file = .rendered(
                mode: mode, content: .stream, forms: [.bytes], parameters: [timeout],
                summary: "A file of the system that waits for bytes, and takes them away.",
                open: { node, request throws(Failure) in try node.openStream(request) }, write: write)
        case .sink:
            file = .sink(mode: mode, summary: "A file of the system that is only written.", write: writer)
        }
        guard isWritable else { return .file(file.shown(.readOnly), isKept: false) }
        let entry = file.shown(.changeable).entry(remove: { node, _ throws(Failure) in try node.remove() })
        return .file(entry, isKept: false)
    }

    private static let count = Parameter(
        "count", .integer(1...UInt64(Int.max)), summary: "End after so many lines.")
    private static let timeout = Parameter(
        "timeout", .seconds, summary: "End after so many seconds; 0 gives what is there, or 204.")

    /// A directory; that of a tree itself cannot be removed.
    static func directory(mode: UInt16, isWritable: Bool, isTop: Bool) -> DirectoryTable<HostNode> {
        let make: DirectoryTable<HostNode>.Maker = { node, name, _ throws(Failure) in try node.make(name) }
        let remove: DirectoryTable<HostNode>.Remover = { node, _ throws(Failure) in try node.remove() }
        return DirectoryTable<HostNode>(
            mode: mode, summary: "A directory of the system.",
            children: .paths(
                resolve: { directory, path, _ throws(Failure) in
                    let below = HostPath.join(directory.path, [UInt8](copying: path))
                    let node = try directory.tree.resolve(below)
                    let real = HostPath.relative(node.path, to: directory.path)
                    return PathResolution(resolution(of: node), realPath: real)
                },
                entries: { HostCursor($0) }),
            make: isWritable ? make : nil, remove: isWritable && !isTop ? remove : nil,
            foreign: isWritable ? .changeable : .readOnly)
    }
}
