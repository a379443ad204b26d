public import Bytes

/// The static shape of a kind of directory: shared by every directory of that kind, bound to a context when looked at.
///
/// What eventfs's `eventfs_entry[]` is: names with what they resolve to, no object for each directory or file. Beside
/// the fixed entries a table may have children that come from the model (instances, the events of a system); neither
/// listing nor looking up allocates anything that stays.
public struct DirectoryTable<Context: NodeContext>: Sendable {
    /// Makes an entry in a directory: gets the name and the other members of the request.
    public typealias Maker = @Sendable (Context, String, CreateRequest) throws(Failure) -> Void
    /// Removes the directory that the context stands for.
    public typealias Remover = @Sendable (Context, Caller) throws(Failure) -> Void
    /// Moves the directory: gets the binding of the one that it is to stand in, and its name there.
    public typealias Renamer = @Sendable (Context, Binding, String, Caller) throws(Failure) -> Void
    /// Opens the directory as a document.
    public typealias Opener = @Sendable (Context, ReadRequest) throws(Failure) -> any OpenFile

    @usableFromInline let definition: DirectoryDefinition

    /// Declares a directory.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - entries: the fixed entries, in any order; a name that comes twice traps.
    ///   - children: the entries that the model gives.
    ///   - members: which members a creation takes beside `name`; one called `owner` is an owner's name, which the front
    ///     looks up.
    ///   - make: what creating an entry does.
    ///   - remove: what removing the directory does.
    ///   - removeTree: removes it with everything below: `DELETE ?recursive`.
    ///   - rename: moves the directory within its mount.
    ///   - readAuthority: what listing needs.
    ///   - changeAuthority: what creating and removing need.
    ///   - isOwn: whether it is the caller's own: then `.read` is enough for whatever it takes.
    ///   - foreign: whose it is, where it is not ours.
    ///   - documentForms: forms in which it is no list of entries but one document, of what stands in it.
    ///   - open: opens that document.
    @inlinable
    public init(
        mode: UInt16 = 0o755, summary: String, entries: [DirectoryTableEntry<Context>] = [],
        children: ChildSource<Context>? = nil, members: [String] = [], make: Maker? = nil, remove: Remover? = nil,
        removeTree: Remover? = nil, rename: Renamer? = nil, readAuthority: Authority = .read,
        changeAuthority: Authority = .write, isOwn: (@Sendable (Context, Caller) -> Bool)? = nil,
        foreign: Declaration.Foreign? = nil, documentForms: [Form] = [], open: Opener? = nil
    ) {
        var verbs: Verbs = .read
        if make != nil { verbs.insert(.create) }
        if remove != nil || removeTree != nil { verbs.insert(.remove) }
        if rename != nil { verbs.insert(.rename) }
        definition = DirectoryDefinition(
            declaration: Declaration(
                kind: .directory, content: .listing, mode: mode, verbs: verbs,
                forms: [.json, .text, .html] + documentForms,
                members: members, readAuthority: readAuthority, changeAuthority: changeAuthority,
                removesTree: removeTree != nil, foreign: foreign, summary: summary),
            entries: entries.map(\.definition), children: children?.definition)
        if let make {
            definition.make = { binding, name, request throws(Failure) in try make(Context.of(binding), name, request) }
        }
        if let open { definition.open = { binding, request throws(Failure) in try open(Context.of(binding), request) } }
        if let isOwn { definition.isOwn = { isOwn(Context.of($0), $1) } }
        if let remove {
            definition.remove = { binding, caller throws(Failure) in try remove(Context.of(binding), caller) }
        }
        if let removeTree {
            definition.removeTree = { binding, caller throws(Failure) in try removeTree(Context.of(binding), caller) }
        }
        if let rename {
            definition.rename = { binding, directory, name, caller throws(Failure) in
                try rename(Context.of(binding), directory, name, caller)
            }
        }
    }
}

/// What came with the wish for a new entry, beside its name.
public struct CreateRequest: Sendable {
    /// The other members, each one declared; `owner` is not among them.
    public let members: [JSONValue.Member]
    /// Whose the entry is to be, where the directory has a member `owner` and it came: it is to be adopted, and where it
    /// cannot be, nothing is to be made.
    public let owner: Owner?
    /// Who asks.
    public let caller: Caller

    /// Makes a request.
    public init(members: [JSONValue.Member] = [], owner: Owner? = nil, caller: Caller = Caller()) {
        self.members = members
        self.owner = owner
        self.caller = caller
    }
}

/// A fixed entry of a directory: a name and what it resolves to.
public struct DirectoryTableEntry<Context: NodeContext>: Sendable {
    @usableFromInline let definition: EntryDefinition

    @inlinable init(_ definition: EntryDefinition) { self.definition = definition }

    /// A file.
    @inlinable
    public static func file(_ name: String, _ file: File<Context>) -> DirectoryTableEntry {
        DirectoryTableEntry(EntryDefinition(name: name, file: file.definition))
    }

    /// A directory.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - table: its shape.
    ///   - isEnteredFromAbove: whether a recursive listing that began above goes into it.
    ///   - bind: its context, made from this directory's; nil where this one has no such directory.
    /// - Returns: the entry.
    @inlinable
    public static func directory<Child: NodeContext>(
        _ name: String, _ table: DirectoryTable<Child>, isEnteredFromAbove: Bool = true,
        bind: @escaping @Sendable (Context) -> Child?
    ) -> DirectoryTableEntry {
        let erased: @Sendable (Binding) -> Binding? = { bind(Context.of($0))?.binding }
        return DirectoryTableEntry(
            EntryDefinition(
                name: name, directory: table.definition, bind: erased, isEnteredFromAbove: isEnteredFromAbove))
    }

    /// A directory of the same context.
    @inlinable
    public static func directory(_ name: String, _ table: DirectoryTable<Context>) -> DirectoryTableEntry {
        DirectoryTableEntry(EntryDefinition(name: name, directory: table.definition, bind: nil))
    }
}
