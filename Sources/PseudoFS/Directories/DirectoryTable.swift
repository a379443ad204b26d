public import Bytes

/// The static shape of a kind of directory: shared by every directory of that kind, bound to a context when looked at.
///
/// What eventfs's `eventfs_entry[]` is: names with what they resolve to, no object for each directory or file. Beside
/// the fixed entries a table may have children that come from the model (instances, the events of a system); neither
/// listing nor looking up allocates anything that stays.
public final class DirectoryTable<Context: NodeContext>: Sendable {
    /// Makes an entry in a directory: gets the name and the other members of the request.
    public typealias Maker = @Sendable (Context, String, CreateRequest) throws(Failure) -> Void
    /// Removes the directory that the context stands for.
    public typealias Remover = @Sendable (Context, Caller) throws(Failure) -> Void

    let declaration: Declaration
    let entries: [DirectoryTableEntry<Context>]  // sorted by name
    let children: ChildSource<Context>?
    let make: Maker?
    let remove: Remover?
    private let index: NameIndex

    /// Declares a directory.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - entries: the fixed entries, in any order; a name that comes twice traps.
    ///   - children: the entries that the model gives.
    ///   - members: which members a creation takes beside `name`.
    ///   - make: what creating an entry does.
    ///   - remove: what removing the directory does.
    ///   - changeAuthority: what creating and removing need.
    public init(
        mode: UInt16 = 0o755, summary: String, entries: [DirectoryTableEntry<Context>] = [],
        children: ChildSource<Context>? = nil, members: [String] = [], make: Maker? = nil, remove: Remover? = nil,
        changeAuthority: Authority = .write
    ) {
        var verbs: Verbs = .read
        if make != nil { verbs.insert(.create) }
        if remove != nil { verbs.insert(.remove) }
        declaration = Declaration(
            kind: .directory, content: .listing, mode: mode, verbs: verbs, forms: [.json, .text, .html],
            members: members, changeAuthority: changeAuthority, summary: summary)
        self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.children = children
        self.make = make
        self.remove = remove
        index = NameIndex(self.entries.map(\.name))
    }

    /// The fixed entry of that name.
    func entry(named name: Span<UInt8>) -> DirectoryTableEntry<Context>? {
        index.position(of: name).map { entries[$0] }
    }
}

/// What came with the wish for a new entry, beside its name.
public struct CreateRequest: Sendable {
    /// The other members, each one declared.
    public let members: [JSONValue.Member]
    /// Who asks.
    public let caller: Caller

    /// Makes a request.
    public init(members: [JSONValue.Member] = [], caller: Caller = Caller()) {
        self.members = members
        self.caller = caller
    }
}
