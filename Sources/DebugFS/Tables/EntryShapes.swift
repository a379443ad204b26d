internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// The shapes of entries: one for each kind of file and each mode, made when the first entry of that sort is looked at.
///
/// The lock is a leaf.
final class EntryShapes: Sendable {
    /// What can be done to an entry, apart from its mode.
    private enum Sort: UInt16 {
        /// Values that a client may write.
        case variable
        /// Values that a client may only read.
        case constant
        case bytes, sequence, link, directory
    }

    /// A shape, bound to the class of its entries.
    enum Shape: Sendable {
        case entry(EntryShape<Entry>)
        case folder(EntryShape<Folder>)
    }

    private let debug: DebugFS
    private let made = Locked<[UInt16: Shape]>([:])

    init(of debug: DebugFS) { self.debug = debug }

    // MARK: finding

    /// What a name leads to.
    private func resolution(of name: Span<UInt8>, in folder: Folder) -> Resolution? {
        debug.entry(named: name, in: folder).map(resolution)
    }

    /// An entry with its shape.
    private func resolution(of entry: Entry) -> Resolution { Self.bind(entry, to: shape(Self.key(of: entry))) }

    /// Which shape an entry has: as a number, so that a listing sees that it is the last one's.
    static func key(of entry: Entry) -> UInt16 { sort(of: entry.type).rawValue << 9 | entry.mode }

    /// The shape of a key, made where it is asked for the first time.
    func shape(_ key: UInt16) -> Shape {
        if let known = made.withLock({ $0[key] }) { return known }
        guard let sort = Sort(rawValue: key >> 9) else { preconditionFailure("no sort of entries") }
        let shape = shape(sort, key & 0o777)
        made.withLock { $0[key] = shape }
        return shape
    }

    /// Binds an entry to its shape.
    static func bind(_ entry: Entry, to shape: Shape) -> Resolution {
        switch shape {
        case .entry(let shape): return Resolution(shape, entry)
        case .folder(let shape):
            guard let folder = entry as? Folder else { preconditionFailure("a directory is a folder") }
            return Resolution(shape, folder)
        }
    }

    private static func sort(of type: DebugType) -> Sort {
        switch type {
        case .directory: .directory
        case .symlink: .link
        case .blob: .bytes
        case .sequence: .sequence
        case .u32Array, .regset32: .constant
        default: .variable
        }
    }

    private func shape(_ sort: Sort, _ mode: UInt16) -> Shape {
        switch sort {
        case .variable: .entry(.file(removable(attribute(mode, isVariable: true))))
        case .constant: .entry(.file(removable(attribute(mode, isVariable: false))))
        case .bytes: .entry(.file(removable(bytes(mode))))
        case .sequence: .entry(.file(removable(sequence(mode))))
        case .link: .entry(.file(removable(link(mode))))
        case .directory: .folder(.directory(directory(mode)))
        }
    }

    // MARK: files

    private func attribute(_ mode: UInt16, isVariable: Bool) -> File<Entry> {
        let write: File<Entry>.Writer = { [debug] entry, bytes, _ throws(Failure) in
            try Self.requireWritable(mode)
            try entry.write(bytes)
            debug.watches.changed(entry)
        }
        return .attribute(
            mode: mode,
            summary: isVariable ? "A value of debugfs." : "Values of debugfs, which the program alone changes.",
            value: { entry throws(Failure) in
                try Self.requireReadable(mode)
                return try entry.value()
            },
            members: { [.init("format", .text($0.type.name))] },
            text: { entry, out throws(Failure) in
                try Self.requireReadable(mode)
                try entry.appendText(to: &out)
            },
            write: isVariable ? write : nil, watch: { [debug] in debug.watches.open($0) }, reach: .subject)
    }

    private func bytes(_ mode: UInt16) -> File<Entry> {
        .bytes(
            mode: mode, summary: "Bytes of debugfs as they are.",
            read: { entry, out throws(Failure) in
                try Self.requireReadable(mode)
                try entry.appendText(to: &out)
            },
            known: { entry throws(Failure) in
                try Self.requireReadable(mode)
                guard case .record(let members) = try entry.value() else { return [] }
                return [.init("format", .text(entry.type.name))] + members
            })
    }

    private func sequence(_ mode: UInt16) -> File<Entry> {
        .rendered(
            mode: mode, content: .document, forms: [.text], summary: "A document of the program's.",
            open: { entry, request throws(Failure) in
                try Self.requireReadable(mode)
                guard let call = entry as? CallEntry else { throw Failure(.notSupported) }
                return try call.open(request)
            })
    }

    private func link(_ mode: UInt16) -> File<Entry> {
        .link(
            mode: mode, summary: "A symbolic link in debugfs.",
            target: { entry, _ in (entry as? LinkEntry)?.target ?? "" })
    }

    private func removable(_ file: File<Entry>) -> File<Entry> {
        file.entry(
            remove: { [debug] entry, _ throws(Failure) in try debug.remove(entry) },
            rename: { [debug] entry, directory, name, _ throws(Failure) in
                try debug.rename(entry, to: name, in: Folder.of(directory))
            })
    }

    /// As the kernel, which chooses a file's operations by its mode: whoever asks, a file without `w` is not written.
    private static func requireWritable(_ mode: UInt16) throws(Failure) {
        if mode & 0o222 == 0 { throw Failure(.permissionDenied, "its mode has no w") }
    }

    private static func requireReadable(_ mode: UInt16) throws(Failure) {
        if mode & 0o444 == 0 { throw Failure(.permissionDenied, "its mode has no r") }
    }

    // MARK: directories

    /// The top directory. It holds on to the shapes; those of the directories below only know them, or they would hold
    /// themselves.
    var root: DirectoryTable<Folder> {
        DirectoryTable(
            summary:
                "debugfs: whatever a program wants to show; POST {\"name\":…,\"type\":\"u32\",\"value\":7} makes a value.",
            children: .resolved(
                find: { folder, name in self.resolution(of: name, in: folder) },
                entries: { FolderCursor($0, of: self.debug, self) }),
            members: EntryRequest.members + ["owner"], make: maker)
    }

    private func directory(_ mode: UInt16) -> DirectoryTable<Folder> {
        DirectoryTable(
            mode: mode, summary: "A directory of debugfs.",
            children: .resolved(
                find: { [weak self] folder, name in self?.resolution(of: name, in: folder) },
                entries: { [weak self, debug] in FolderCursor($0, of: debug, self) }),
            members: EntryRequest.members + ["owner"], make: maker,
            remove: { [debug] folder, _ throws(Failure) in try debug.remove(folder) },
            removeTree: { [debug] folder, _ throws(Failure) in try debug.removeTree(folder) },
            rename: { [debug] folder, directory, name, _ throws(Failure) in
                try debug.rename(folder, to: name, in: Folder.of(directory))
            })
    }

    private var maker: DirectoryTable<Folder>.Maker {
        { [debug] folder, name, request throws(Failure) in
            let wish = try EntryRequest(name: name, request.members)
            try debug.plant(try wish.seedling(in: debug), in: folder, owner: request.owner)
        }
    }
}

/// Goes through a directory's entries, some at a time: what it has given is behind it, what comes it looks up by name.
///
/// Used by one thread at a time.
private final class FolderCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private let folder: Folder
    private let debug: DebugFS
    private let shapes: EntryShapes?
    private var piece: ArraySlice<(name: String, entry: Entry)> = []
    /// Behind which name the next piece begins.
    private var last: [UInt8]?
    private var isOver = false
    /// The last entry's, which most likely is the next one's too.
    private var shape: (key: UInt16, shape: EntryShapes.Shape)?

    init(_ folder: Folder, of debug: DebugFS, _ shapes: EntryShapes?) {
        self.folder = folder
        self.debug = debug
        self.shapes = shapes
    }

    func next() -> (name: String, resolution: Resolution)? {
        guard let shapes, !isOver else { return nil }
        if piece.isEmpty {
            piece = debug.entries(of: folder, after: last, count: Folder.chunkMax)[...]
            guard let name = piece.last?.name else {
                isOver = true
                return nil
            }
            last = Array(name.utf8)
        }
        guard let (name, entry) = piece.popFirst() else { return nil }
        let key = EntryShapes.key(of: entry)
        if let shape, shape.key == key { return (name, EntryShapes.bind(entry, to: shape.shape)) }
        let found = shapes.shape(key)
        shape = (key, found)
        return (name, EntryShapes.bind(entry, to: found))
    }

    func seek(after name: Span<UInt8>) {
        last = [UInt8](copying: name)
        piece = []
        isOver = false
    }
}
