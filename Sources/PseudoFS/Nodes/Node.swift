public import Bytes
public import SystemPackage

/// One entry of the tree while somebody looks at it: kernfs's node, dentry and inode in one, for there are no hard links.
///
/// A node is a cache entry. It knows its path, its declaration and what it stands for, and nothing that would be lost
/// with it. Every operation asks first, in `live()` and nowhere else, whether what it stands for is still there;
/// a removed instance or event answers ENODEV to a holder of an old node, while a new walk gets ENOENT.
public final class Node: @unchecked Sendable {
    // Sendable: everything here is immutable; `slot` is written under the lane's lock of the cache that owns the node.

    /// Its entry in a table. The declaration, the node's functions and its children are all had from there, so
    /// that making a node counts one reference for them.
    let entry: EntryDefinition
    /// What it stands for: one object for all nodes along a walk that stand for the same.
    let bound: SharedBinding
    /// Its path, or that of its directory: then its own is that and the entry's name.
    let place: NodePath
    /// Which place of the cache it has; -1 for none. Guarded by the lane's lock.
    var slot: Int32 = -1
    /// Which lane's cache it is in; -1 for none. Set before the node is shared.
    var laneIndex: Int16 = -1
    private let fileSystemNumber: UInt16

    /// Makes a node, which no cache has yet.
    ///
    /// - Parameters:
    ///   - entry: its entry.
    ///   - bound: what it stands for.
    ///   - path: its path; ``NodePath/ofDirectory`` where it is that of the directory, and the name is the entry's.
    ///   - fileSystem: the number of the file system that the directory is of.
    init(_ entry: EntryDefinition, _ bound: SharedBinding, path: NodePath, fileSystem: Int) {
        self.entry = entry
        self.bound = bound
        place = path
        fileSystemNumber = entry.fileSystem ?? UInt16(truncatingIfNeeded: fileSystem)
    }

    /// The path from the root, without a trailing slash except for the root itself.
    public var path: NodePath { place.isComplete ? place : place.joined(with: entry.name) }

    /// Whether its path is that one.
    func stands(at path: Span<UInt8>) -> Bool {
        let place = place
        let start = place.span
        if place.isComplete { return start.equals(path) }
        let name = entry.name.utf8Span.span
        return path.count == start.count + 1 + name.count && path[start.count] == 0x2F
            && path.extracting((start.count + 1)..<path.count).equals(name)
            && path.extracting(0..<start.count).equals(start)
    }

    /// The number of the type of file system that it is of; 0 for the root and what stands above the mounts.
    var fileSystem: Int { Int(fileSystemNumber) }

    var binding: Binding { bound.binding }

    /// What is known of it without looking.
    public var declaration: Declaration { entry.declaration }

    /// The name in its directory; empty for the root.
    public var name: String {
        let path = path
        return String(repairing: path.name)
    }

    /// The inode number: derived from what is named, so that it is the same whenever a node is made for it, and
    /// another for an instance that was removed and made again.
    public var inode: Inode {
        let path = path
        return .of(path.name, in: binding)
    }

    /// Whether what it stands for has been removed; a holder asks, every operation does by itself.
    public var isGone: Bool { isDead }

    /// Whether what it stands for has been removed.
    var isDead: Bool { bound.isDead }

    /// The one place where it is asked whether a thing is dead.
    func live() throws(Failure) {
        if isDead { throw Failure(.operationNotSupportedByDevice, "what it stood for has been removed") }
    }

    // MARK: verbs

    /// Reads an attribute, or what is known about a file's bytes.
    ///
    /// - Throws: ENODEV where what it stands for has been removed; ENOTSUP where it has neither; what the file itself
    ///   reports.
    public func read() throws(Failure) -> Reading {
        try live()
        return try readNow()
    }

    /// Reads an attribute as the kernel's text, or a file's bytes.
    ///
    /// - Parameter out: appended to; as it was where a failure is thrown.
    /// - Throws: as ``read()``.
    public func readText(into out: inout ByteBuffer) throws(Failure) {
        try live()
        try readTextNow(into: &out)
    }

    /// What who watches it is shown: an attribute's value, what a document says of itself.
    ///
    /// - Throws: as ``read()``.
    public func watched() throws(Failure) -> Reading {
        try live()
        return try watchedNow()
    }

    /// Looks whether a stream is worth reading; nil for what is no stream.
    ///
    /// - Throws: as ``read()``.
    public func openReadiness() throws(Failure) -> (any Readiness)? {
        try live()
        return try openReadinessNow()
    }

    /// Opens a document or a stream.
    ///
    /// - Throws: as ``read()``; EBUSY where only one reader is possible.
    public func open(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        try live()
        return try openNow(request)
    }

    /// Writes, if the present value is the expected one; only an attribute's can be compared.
    ///
    /// - Parameters:
    ///   - bytes: the whole write; empty is a write of no bytes.
    ///   - request: whether it appends, and who writes.
    ///   - expected: fingerprints of which the present value must have one; compared while no other write to the
    ///     same owner can happen. nil asks for nothing.
    /// - Throws: a failure about the precondition where the value is another; what the file itself reports.
    public func write(
        _ bytes: Span<UInt8>, _ request: WriteRequest, expecting expected: [UInt64]? = nil
    ) throws(Failure) {
        try live()
        if declaration.content == .sink || declaration.content == .bytes { return try writeNow(bytes, request) }
        try WriteGate.of(binding.subject.identity).pass { () throws(Failure) in
            try live()
            if let expected {
                let present = try readNow().fingerprint
                guard expected.contains(present) else {
                    throw Failure(.invalidArgument, "the value is not the expected one", subject: .precondition)
                }
            }
            try writeNow(bytes, request)
        }
    }

    /// Begins a write to a file that takes it as it comes.
    ///
    /// - Parameter request: who writes.
    /// - Returns: what takes the bytes.
    /// - Throws: ENODEV where what it stands for has been removed; ENOTSUP where it takes writes whole; what the file
    ///   itself reports.
    public func openWrite(_ request: WriteRequest) throws(Failure) -> any OpenWrite {
        try live()
        return try openWriteNow(request)
    }

    /// Hands a document over and takes the one that answers it.
    ///
    /// - Parameters:
    ///   - bytes: the whole document.
    ///   - request: who sends it.
    ///   - out: appended to; as it was where a failure is thrown.
    /// - Throws: ENODEV where what it stands for has been removed; ENOTSUP where it is no exchange; what the file itself
    ///   reports. Nothing has happened then.
    public func exchange(
        _ bytes: Span<UInt8>, _ request: WriteRequest, into out: inout ByteBuffer
    ) throws(Failure) {
        try live()
        try exchangeNow(bytes, request, into: &out)
    }

    /// What tells of changes of an attribute's value that nobody makes through the tree; nil where there are none.
    ///
    /// - Throws: as ``read()``.
    public func openValueWatch() throws(Failure) -> (any ValueWatch)? {
        try live()
        return try openValueWatchNow()
    }

    /// Makes an entry in this directory.
    ///
    /// - Throws: EEXIST, EINVAL, ENAMETOOLONG, and what the directory itself reports.
    public func make(_ name: String, _ request: CreateRequest) throws(Failure) {
        try live()
        try makeNow(name, request)
    }

    /// Removes what the node stands for.
    ///
    /// - Parameters:
    ///   - caller: who asks.
    ///   - tree: whether a directory goes with everything below it.
    /// - Throws: EBUSY, ENOTEMPTY, and what the node itself reports.
    public func remove(_ caller: Caller, tree: Bool = false) throws(Failure) {
        try live()
        try removeNow(caller, tree: tree)
    }

    /// Moves what the node stands for to another place of its mount. The cache is to be told:
    /// ``Namespace/renamed(_:)``.
    ///
    /// - Parameters:
    ///   - directory: where it is to stand; of the same mount, which the caller has made sure of.
    ///   - name: what it is to be called.
    ///   - caller: who asks.
    /// - Throws: EEXIST where there is such an entry, ENOTDIR, EPERM where nothing can be made in that directory, and
    ///   what the node itself reports.
    public func rename(to directory: Node, _ name: String, _ caller: Caller) throws(Failure) {
        try live()
        try directory.live()
        try renameNow(to: directory, name, caller)
    }

    /// Reads the directory's entries; makes no node.
    ///
    /// - Parameter look: who reads.
    /// - Returns: a reader, which sees what there is from now on.
    /// - Throws: ENOTDIR where it is none.
    public func entries(_ look: Look = Look()) throws(Failure) -> DirectoryReader {
        try live()
        guard let reader = directoryReader(look) else { throw Failure(.notDirectory) }
        return reader
    }
}

extension Inode {
    /// The inode number of what has that name and stands for that.
    static func of(_ name: Span<UInt8>, in binding: Binding) -> Inode {
        Inode(rawValue: UInt(Hash64.of(name, seed: binding.identity) & 0x7FFF_FFFF_FFFF_FFFF | 1))
    }
}
