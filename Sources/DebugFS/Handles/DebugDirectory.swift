public import Bytes
public import PseudoFS

/// A directory of a ``DebugFS``: where entries are made.
///
/// What makes an entry throws EEXIST where the name is taken, EINVAL for a bad name (`/`, NUL, `.`, `..`, nothing) or mode,
/// ENAMETOOLONG (a name over 255 bytes, a path over ``DebugLimits/depthMax`` names), ENOSPC where there are as many
/// entries, or as many bytes, as there may be, ENOENT where the directory has gone, or the owner has been
/// released. Nothing has been made then.
public struct DebugDirectory: Sendable {
    let debug: DebugFS
    let folder: Folder

    init(_ debug: DebugFS, _ folder: Folder) {
        self.debug = debug
        self.folder = folder
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, folder) }

    /// What is called so; nil where nothing is: `debugfs_lookup`.
    public subscript(_ name: String) -> DebugEntry? {
        debug.entry(named: name.utf8Span.span, in: folder).map { DebugEntry(debug, $0) }
    }

    /// Some entries in the order of their names' bytes.
    ///
    /// - Parameters:
    ///   - name: those behind it, whether it is there or not; nil for the first.
    ///   - count: at most so many.
    /// - Returns: them, with their names.
    public func entries(after name: String? = nil, count: Int = 1000) -> [(name: String, entry: DebugEntry)] {
        debug.entries(of: folder, after: name.map { Array($0.utf8) }, count: count).map {
            ($0.name, DebugEntry(debug, $0.entry))
        }
    }

    /// Removes what is called so with everything below it, if there is such an entry: `debugfs_lookup_and_remove`.
    public func remove(_ name: String) {
        if let entry = debug.entry(named: name.utf8Span.span, in: folder) { debug.removeIfThere(entry) }
    }

    /// Removes every entry and stays.
    public func removeAll() { debug.clear(folder) }

    // MARK: directories and links

    /// Makes a directory.
    public func directory(_ name: String, mode: UInt16 = 0o755, owner: Owner? = nil) throws(Failure) -> DebugDirectory {
        let mode = try check(name, mode, .directory)
        return DebugDirectory(debug, try plant(debug.folder(name, mode: mode), owner))
    }

    /// Makes a symbolic link.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - target: where it leads: from this directory, or with a `/` from the root of the whole tree. It need not exist.
    ///   - owner: takes it along when it goes.
    /// - Returns: the link.
    /// - Throws: what ``DebugDirectory`` says; ENAMETOOLONG for a target over 4,095 bytes too.
    @discardableResult
    public func symlink(_ name: String, to target: String, owner: Owner? = nil) throws(Failure) -> DebugEntry {
        let mode = try check(name, nil, .symlink)
        return DebugEntry(debug, try plant(try debug.link(name, mode: mode, target: target), owner))
    }

    // MARK: what the program computes

    /// A number that closures give and take: `DEFINE_DEBUGFS_ATTRIBUTE`.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - type: how it is shown, and what fits it: one from `.u8` to `.atomic`; any other traps.
    ///   - mode: permission bits.
    ///   - owner: takes it along when it goes.
    ///   - get: gives the number; nil where it cannot be read.
    ///   - set: takes one that fits the type; nil where it cannot be written.
    /// - Returns: the file.
    /// - Throws: what ``DebugDirectory`` says.
    @discardableResult
    public func number<Number: FixedWidthInteger & Sendable>(
        _ name: String, _ type: DebugType, mode: UInt16 = 0o644, owner: Owner? = nil,
        get: (@Sendable () throws(Failure) -> Number)?, set: (@Sendable (Number) throws(Failure) -> Void)? = nil
    ) throws(Failure) -> DebugEntry {
        precondition(type.isNumber && type != .bool, "\(type.name) is no number")
        let mode = try check(name, mode, type)
        var getBits: (@Sendable () throws(Failure) -> UInt64)?
        if let get { getBits = { () throws(Failure) in UInt64(truncatingIfNeeded: try get()) } }
        var setBits: (@Sendable (UInt64) throws(Failure) -> Void)?
        if let set { setBits = { bits throws(Failure) in try set(Number(truncatingIfNeeded: bits)) } }
        return DebugEntry(
            debug, try plant(debug.calls(name, type, mode: mode, .number(get: getBits, set: setBits)), owner))
    }

    /// A file with read and write operations: `debugfs_create_file`.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - mode: permission bits.
    ///   - owner: takes it along when it goes.
    ///   - read: appends its text, with its newline; nil where it cannot be read.
    ///   - write: takes one write; nil where it cannot be written.
    /// - Returns: the file.
    /// - Throws: what ``DebugDirectory`` says.
    @discardableResult
    public func file(
        _ name: String, mode: UInt16 = 0o644, owner: Owner? = nil,
        read: (@Sendable (inout ByteBuffer) throws(Failure) -> Void)?,
        write: (@Sendable (Span<UInt8>) throws(Failure) -> Void)? = nil
    ) throws(Failure) -> DebugEntry {
        let mode = try check(name, mode, .file)
        return DebugEntry(
            debug, try plant(debug.calls(name, .file, mode: mode, .text(read: read, write: write)), owner))
    }

    /// A file that is rendered while it is read, however long: a sequence (`seq_file`).
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - mode: permission bits.
    ///   - owner: takes it along when it goes.
    ///   - open: begins to render it as text, once for each reader.
    /// - Returns: the file.
    /// - Throws: what ``DebugDirectory`` says.
    @discardableResult
    public func sequence(
        _ name: String, mode: UInt16 = 0o444, owner: Owner? = nil,
        open: @escaping @Sendable (ReadRequest) throws(Failure) -> any OpenFile
    ) throws(Failure) -> DebugEntry {
        let mode = try check(name, mode, .sequence)
        return DebugEntry(debug, try plant(debug.calls(name, .sequence, mode: mode, .sequence(open)), owner))
    }

    /// Registers that are read when the file is: `debugfs_create_regset32`.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - mode: permission bits.
    ///   - owner: takes it along when it goes.
    ///   - read: gives them in their order.
    /// - Returns: the file.
    /// - Throws: what ``DebugDirectory`` says.
    @discardableResult
    public func regset32(
        _ name: String, mode: UInt16 = 0o444, owner: Owner? = nil,
        read: @escaping @Sendable () throws(Failure) -> [DebugRegister]
    ) throws(Failure) -> DebugEntry {
        let mode = try check(name, mode, .regset32)
        return DebugEntry(debug, try plant(debug.calls(name, .regset32, mode: mode, .registers(read)), owner))
    }

    // MARK: putting it in

    func check(_ name: String, _ mode: UInt16?, _ type: DebugType) throws(Failure) -> UInt16 {
        try DebugFS.check(name: name)
        return try DebugFS.mode(mode, for: type)
    }

    func plant<Made: Entry>(_ entry: Made, _ owner: Owner?) throws(Failure) -> Made {
        try debug.plant(Seedling(entry: entry), in: folder, owner: owner)
        return entry
    }
}
