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
    private let index: NameIndex

    @usableFromInline
    init(declaration: Declaration, entries: [EntryDefinition], children: ChildDefinition?) {
        self.declaration = declaration
        self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.children = children
        index = NameIndex(self.entries.map(\.name))
    }

    /// Which of the entries has that name.
    func position(of name: Span<UInt8>) -> Int? { index.position(of: name) }
}

/// A fixed entry, untyped.
@usableFromInline
struct EntryDefinition: Sendable {
    @usableFromInline
    enum Target: Sendable {
        case file(FileDefinition)
        /// Without a closure it has the same context.
        case directory(DirectoryDefinition, bind: (@Sendable (Binding) -> Binding?)?)
    }

    let name: String
    let target: Target
    let line: EntryLine

    @usableFromInline
    init(name: String, target: Target) {
        self.name = name
        self.target = target
        line =
            switch target {
            case .file(let file): EntryLine(name, file.declaration)
            case .directory(let directory, _): EntryLine(name, directory.declaration)
            }
    }

    var declaration: Declaration {
        switch target {
        case .file(let file): file.declaration
        case .directory(let directory, _): directory.declaration
        }
    }

    /// Whether that binding has the entry at all.
    func exists(in binding: Binding) -> Bool {
        switch target {
        case .file(let file): file.exists?(binding) ?? true
        case .directory(_, let bind): bind == nil || bind?(binding) != nil
        }
    }
}
