internal import Bytes
internal import Glibc
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// Something in a host tree while one request looks at it: it has what was found open, by itself or in its directory.
///
/// It is made for one walk, or one entry of a listing, and its descriptor is closed with it. What was read once is not
/// read again: value, text and entity tag of one answer are those of one moment.
final class HostNode: Subject, NodeContext {
    /// How it is had.
    enum Place: Sendable {
        /// Found, and held without being open for anything.
        case found(Descriptor)
        /// A directory, open for reading its entries.
        case directory(Descriptor)
        /// By its name in a directory that is open.
        case entry(in: Descriptor)
        /// A link that leads nowhere in the tree, and why.
        case broken(Failure)
    }

    let tree: HostTree
    let place: Place
    let status: FileStatus
    let kind: HostKind
    /// Where it stands below the tree, without links; empty for the tree itself.
    let path: [UInt8]
    /// Where it leads, if it is a link: for who lists, what the link says; for a walk, the path in our own tree.
    let target: [UInt8]
    /// The root of a procfs, if that is what it is: some of its entries are hidden.
    let procRoot: Descriptor?
    private let content = Locked<[UInt8]?>(nil)

    /// Names below a tree, beyond which nothing is listed: as many as a path may have.
    private static let depthMax = 62

    init(
        _ tree: HostTree, _ place: Place, _ status: FileStatus, kind: HostKind, path: [UInt8], target: [UInt8] = [],
        procRoot: Descriptor? = nil
    ) {
        self.tree = tree
        self.place = place
        self.status = status
        self.kind = kind
        self.path = path
        self.target = target
        self.procRoot = procRoot
    }

    /// What it stands for says so itself, when it is asked.
    var isDead: Bool { false }

    var identity: UInt64 {
        status.identity.device &* 0x9E37_79B9_7F4A_7C15 ^ status.identity.inode &* 0xD6E8_FEB8_6659_FD93
    }

    /// Its last name.
    var name: [UInt8] { HostPath.split(path).name }

    private var access: HostAccess { tree.access }

    /// What it refers to, held.
    ///
    /// - Throws: why a link leads nowhere; ENOTSUP for an entry of a listing, which reads nothing.
    private func descriptor() throws(Failure) -> Descriptor {
        switch place {
        case .found(let descriptor), .directory(let descriptor): return descriptor
        case .entry: throw Failure(.notSupported, "a listing opens no files")
        case .broken(let failure): throw failure
        }
    }

    // MARK: reading

    /// All bytes of a file without a length of its own.
    ///
    /// - Throws: EFBIG beyond the limit; EAGAIN where there is nothing yet, and from then on it is a stream; EACCES for
    ///   what is no regular file; what opening and reading it says.
    func bytes() throws(Failure) -> [UInt8] {
        if let bytes = content.withLock({ $0 }) { return bytes }
        try requireFile()
        let file = try descriptor()
        let bytesMax = access.limits.fileBytesMax
        do throws(Failure) {
            let bytes = try access.errands.run { () throws(Failure) in
                try file.reopen(O_RDONLY | O_NONBLOCK).readWhole(bytesMax: bytesMax)
            }
            content.withLock { $0 = bytes }
            return bytes
        } catch {
            if error.errno == .fileTooLarge { access.fileBytesRefused.add() }
            if error.errno == .resourceTemporarilyUnavailable { tree.remember(stream: status.identity) }
            throw error
        }
    }

    /// The bytes as text without the newline at its end; what is not UTF-8 becomes U+FFFD.
    func value() throws(Failure) -> Value {
        let bytes = try bytes()
        return .text(String(repairing: bytes.span.withoutNewline))
    }

    /// Appends the bytes as they are.
    func appendBytes(to out: inout ByteBuffer) throws(Failure) {
        let bytes = try bytes()
        out.append(bytes.span)
    }

    /// What stands beside the value where that is not all there is to know: the bytes are no text.
    func members() -> [Value.Member] {
        guard let bytes = try? bytes(), String(exactly: bytes.span) == nil else { return [] }
        var hash = ByteBuffer()
        hash.append(hexadecimal: Hash64.of(bytes.span, seed: 0), width: 16)
        return [Value.Member("bytes", .unsigned(UInt64(bytes.count))), Value.Member("hash", .text(hash.text))]
    }

    /// Opens a file that its file system keeps.
    func openDocument(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        let (file, size) = try access.errands.run { () throws(Failure) in
            let file = try self.descriptor().reopen(O_RDONLY | O_NONBLOCK)
            return (file, try file.status().size)
        }
        var head = ByteBuffer()
        let isJSON = request.form == .json
        if isJSON {
            head.append("{\"path\":")
            let whole = tree.place + (path.isEmpty ? [] : [0x2F]) + path
            head.append(jsonString: whole.span)
            head.append(",\"type\":\"file\",\"mode\":\"")
            head.append(octal: UInt64(status.mode), width: 4)
            head.append("\",\"value\":\"")
        }
        return HostDocument(file, size: size, head: head, isJSON: isJSON, errands: access.errands)
    }

    /// Opens a stream.
    ///
    /// - Throws: EBUSY where the kernel has one reader at a time; what opening it says.
    func openStream(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        let file = try access.errands.run { () throws(Failure) in
            try self.descriptor().reopen(O_RDONLY | O_NONBLOCK)
        }
        let isLate = HostPath.split(HostPath.split(path).directory).name.starts(with: "cpu".utf8)
        return HostStream(file, access.waits, isLate: isLate, request)
    }

    // MARK: writing

    /// Writes the file as a shell does: opened, truncated or at its end, written, closed.
    ///
    /// - Throws: what opening it says; what the write says, about the content.
    func write(_ bytes: Span<UInt8>, _ request: WriteRequest) throws(Failure) {
        try requireFile()
        let text = [UInt8](copying: bytes)
        let flags = O_WRONLY | (request.appends ? O_APPEND : O_TRUNC)
        content.withLock { $0 = nil }
        try access.errands.run { () throws(Failure) in
            try self.descriptor().reopen(flags).writeAll(text)
        }
    }

    private func requireFile() throws(Failure) {
        if case .broken(let failure) = place { throw failure }
        guard status.type == .file else {
            throw Failure(.permissionDenied, "devices, sockets and fifos of the host are not opened")
        }
    }

    // MARK: directories

    /// Opens it for a listing, which has a position of its own.
    func openWindow() throws(Failure) -> NameWindow {
        if HostPath.names(of: path).count >= Self.depthMax { throw Failure(.fileNameTooLong) }
        let root = procRoot
        let directory = try access.errands.run { () throws(Failure) in
            switch self.place {
            case .directory(let descriptor), .found(let descriptor): return try descriptor.reopenDirectory()
            case .entry(let parent): return try parent.openDirectory(self.name)
            case .broken(let failure): throw failure
            }
        }
        guard let root else { return NameWindow(directory) }
        return NameWindow(directory) { ProcPlace.isOwn($0, in: root) }
    }

    /// The next entries, each looked at.
    func entries(from window: NameWindow, countMax: Int) throws(Failure) -> [HostNode] {
        var entries: [HostNode] = []
        while entries.count < countMax, let name = try window.next() {
            if let entry = tree.entry(name, in: window.directory, below: path) { entries.append(entry) }
        }
        return entries
    }

    /// Makes a directory in it.
    ///
    /// - Throws: EEXIST and what else mkdir(2) says.
    func make(_ name: String) throws(Failure) {
        let name = Array(name.utf8)
        try access.errands.run { () throws(Failure) in try self.descriptor().makeDirectory(name) }
    }

    /// Removes it from the directory that it stands in: a link itself, a directory if it is empty.
    ///
    /// - Throws: EBUSY where something else stands there by now; ENOTEMPTY and what else unlink(2) and rmdir(2) say.
    func remove() throws(Failure) {
        let (directory, name) = HostPath.split(path)
        guard !name.isEmpty else { throw Failure(.resourceBusy, "a tree itself is not removed") }
        try access.errands.run { () throws(Failure) in
            let parent = try self.tree.root.find(directory, crossesMounts: self.tree.crossesMounts)
            let now = try parent.status(of: name)
            guard now.identity == self.status.identity else {
                throw Failure(.resourceBusy, "something else stands there by now")
            }
            try parent.remove(name, isDirectory: now.type == .directory)
        }
    }
}
