internal import Bytes

/// What a ``DirectoryTable`` comes to when its context's type is taken away.
@usableFromInline
final class DirectoryDefinition: @unchecked Sendable {
    // Sendable: what is variable is written while `DirectoryTable` builds it, the rest is constant.
    @usableFromInline let declaration: Declaration
    let entries: [EntryDefinition]  // sorted by name
    let children: ChildDefinition?
    @usableFromInline var make: (@Sendable (Binding, String, CreateRequest) throws(Failure) -> Void)?
    @usableFromInline var remove: (@Sendable (Binding, Caller) throws(Failure) -> Void)?
    @usableFromInline var removeTree: (@Sendable (Binding, Caller) throws(Failure) -> Void)?
    @usableFromInline var rename: FileDefinition.Renamer?
    @usableFromInline var open: (@Sendable (Binding, ReadRequest) throws(Failure) -> any OpenFile)?
    @usableFromInline var isOwn: (@Sendable (Binding, Caller) -> Bool)?
    /// The lines of a recursive listing, where its entries are files and nothing else: it needs no reader then.
    let flatLines: FlatLines?
    /// Whether its entries stand elsewhere.
    let isUnion: Bool
    private let index: NameIndex

    @usableFromInline
    init(declaration: Declaration, entries: [EntryDefinition], children: ChildDefinition?) {
        self.declaration = declaration
        self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.children = children
        isUnion = if case .branches = children?.lookup { true } else { false }
        let isFlat = children == nil && entries.allSatisfy { !$0.declaration.isDirectory }
        flatLines = isFlat ? FlatLines(self.entries) : nil
        index = NameIndex(self.entries.map(\.name))
    }

    /// Finds a fixed entry, or a child of a kind that is found by its name alone; nil where there is none.
    func entry(
        named name: Span<UInt8>, below bound: SharedBinding
    ) throws(Failure) -> (entry: EntryDefinition, bound: SharedBinding)? {
        if let position = index.position(of: name) {
            let entry = entries[position]
            guard let resolved = entry.resolve(bound) else { return nil }
            return (entry, resolved)
        }
        guard let children else { return nil }
        switch children.lookup {
        case .uniform(let entry, let find):
            guard let found = find(bound, name) else { return nil }
            return (entry, SharedBinding(found))
        case .resolved(let find):
            guard let found = try find(bound.binding, name) else { return nil }
            return (found.entry, SharedBinding(found.binding))
        case .paths, .branches: return nil
        }
    }
}

/// What a node shows, untyped: a fixed entry, or what all children of a directory have in common.
///
/// A class, so that who looks at one counts one reference and not those of its parts.
@usableFromInline
final class EntryDefinition: Sendable {
    /// Gives the entry's binding, made from the directory's; nil where this one has no such entry.
    @usableFromInline typealias Resolver = @Sendable (Binding) -> Binding?

    private enum Resolution {
        /// The directory's own, always.
        case same
        /// The directory's own, where that has such an entry.
        case sameIf(@Sendable (Binding) -> Bool)
        /// One that is made from the directory's.
        case other(Resolver)
        /// The same in every directory.
        case constant(SharedBinding)
    }

    let name: String
    /// What it resolves to: one of the two.
    let file: FileDefinition?
    let directory: DirectoryDefinition?
    let declaration: Declaration
    private let resolution: Resolution
    let line: EntryLine
    /// Whether a cache keeps the nodes that are made for it.
    let isKept: Bool
    /// Where a file system is mounted: the number of its type; nil elsewhere.
    let fileSystem: UInt16?
    /// Whether a walk goes on elsewhere.
    let isLink: Bool
    /// Whether a walk that ends there may have to go on: a link, a union.
    var leadsOn: Bool { isLink || directory?.isUnion ?? false }
    /// Whether a recursive listing that began above goes into it.
    let isEnteredFromAbove: Bool

    @usableFromInline
    init(name: String, file: FileDefinition, isKept: Bool = true) {
        self.name = name
        self.isKept = isKept
        fileSystem = nil
        isLink = file.target != nil
        isEnteredFromAbove = true
        self.file = file
        directory = nil
        declaration = file.declaration
        resolution = if let exists = file.exists { .sameIf(exists) } else { .same }
        line = EntryLine(name, file.declaration)
    }

    @usableFromInline
    init(
        name: String, directory: DirectoryDefinition, bind: Resolver?, isKept: Bool = true,
        isEnteredFromAbove: Bool = true
    ) {
        self.name = name
        self.isKept = isKept
        fileSystem = nil
        isLink = false
        self.isEnteredFromAbove = isEnteredFromAbove
        file = nil
        self.directory = directory
        declaration = directory.declaration
        resolution = if let bind { .other(bind) } else { .same }
        line = EntryLine(name, directory.declaration)
    }

    /// A directory that is bound to one thing, whatever it stands in: a mount.
    init(
        name: String, directory: DirectoryDefinition, constant: Binding, fileSystem: Int, isEnteredFromAbove: Bool
    ) {
        self.name = name
        isKept = true
        self.fileSystem = UInt16(truncatingIfNeeded: fileSystem)
        isLink = false
        self.isEnteredFromAbove = isEnteredFromAbove
        file = nil
        self.directory = directory
        declaration = directory.declaration
        resolution = .constant(SharedBinding(constant))
        line = EntryLine(name, directory.declaration)
    }

    /// Whether there are directories that have no such entry.
    var isConditional: Bool {
        switch resolution {
        case .same, .constant: false
        case .sameIf, .other: true
        }
    }

    /// What the entry is bound to in a directory of that binding; nil where it has none.
    func resolve(_ binding: Binding) -> Binding? {
        switch resolution {
        case .same: binding
        case .sameIf(let exists): exists(binding) ? binding : nil
        case .other(let bind): bind(binding)
        case .constant(let constant): constant.binding
        }
    }

    /// The same for a node, which shares the directory's binding where it is no other.
    func resolve(_ bound: SharedBinding) -> SharedBinding? {
        switch resolution {
        case .same: bound
        case .sameIf(let exists): exists(bound.binding) ? bound : nil
        case .other(let bind): bind(bound.binding).map(SharedBinding.init)
        case .constant(let constant): constant
        }
    }

    /// Whether that binding has the entry at all.
    func exists(in binding: Binding) -> Bool {
        switch resolution {
        case .same, .constant: true
        case .sameIf(let exists): exists(binding)
        case .other(let bind): bind(binding) != nil
        }
    }
}
