internal import Bytes

/// What a ``DirectoryTable`` comes to when its context's type is taken away.
@usableFromInline
final class DirectoryDefinition: @unchecked Sendable {
    // Sendable: `make` and `remove` are written while `DirectoryTable` builds it, the rest is constant.
    @usableFromInline let declaration: Declaration
    let entries: [EntryDefinition]  // sorted by name
    let children: ChildDefinition?
    @usableFromInline var make: (@Sendable (Binding, String, CreateRequest) throws(Failure) -> Void)?
    @usableFromInline var remove: (@Sendable (Binding, Caller) throws(Failure) -> Void)?
    /// Whether its entries are files and nothing else: a listing needs no reader for it.
    let isFlat: Bool
    private let index: NameIndex

    @usableFromInline
    init(declaration: Declaration, entries: [EntryDefinition], children: ChildDefinition?) {
        self.declaration = declaration
        self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.children = children
        isFlat = children == nil && entries.allSatisfy { !$0.declaration.isDirectory }
        index = NameIndex(self.entries.map(\.name))
    }

    /// Which of the entries has that name.
    func position(of name: Span<UInt8>) -> Int? { index.position(of: name) }
}

/// A fixed entry, untyped. A class, so that who looks at one counts one reference and not those of its parts.
@usableFromInline
final class EntryDefinition: Sendable {
    /// Gives the entry's binding, made from the directory's; nil where this one has no such entry.
    @usableFromInline typealias Resolver = @Sendable (Binding) -> Binding?

    let name: String
    let target: NodeTarget
    /// Without one it has the directory's binding.
    private let resolver: Resolver?
    let line: EntryLine

    @usableFromInline
    init(name: String, file: FileDefinition) {
        self.name = name
        target = .file(file)
        resolver =
            if let exists = file.exists {
                { @Sendable binding in exists(binding) ? binding : nil }
            } else { nil }
        line = EntryLine(name, file.declaration)
    }

    @usableFromInline
    init(name: String, directory: DirectoryDefinition, bind: Resolver?) {
        self.name = name
        target = .directory(directory)
        resolver = bind
        line = EntryLine(name, directory.declaration)
    }

    var declaration: Declaration { target.declaration }

    /// What the entry is bound to in a directory of that binding; nil where it has none.
    func resolve(_ binding: Binding) -> Binding? {
        guard let resolver else { return binding }
        return resolver(binding)
    }

    /// Whether that binding has the entry at all.
    func exists(in binding: Binding) -> Bool {
        guard let resolver else { return true }
        return resolver(binding) != nil
    }
}
