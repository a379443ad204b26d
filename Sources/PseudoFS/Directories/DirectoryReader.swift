internal import Bytes
public import SystemPackage

/// One entry of a directory, as a listing gives it: no node is made for it.
public struct DirectoryEntry: Sendable {
    /// The name.
    public let name: String
    /// What it is.
    public let declaration: Declaration
    let line: EntryLine?
}

/// Reads a directory's entries in the order of their names' bytes: fixed ones and those of the model, merged.
///
/// What the model had when the reader was made is what it gives; entries that went meanwhile are left out. Like an open
/// file it is used by one thread at a time.
public final class DirectoryReader: @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private enum Last { case none, fixed(Int), child(String, Binding) }

    private let definition: DirectoryDefinition
    private let binding: Binding
    private let children: (any ChildCursor)?
    private var fixed = 0
    private var last = Last.none
    /// The child that comes next, looked at but not given yet.
    private var pending: (name: String, binding: Binding)?

    init(_ definition: DirectoryDefinition, _ binding: Binding) {
        self.definition = definition
        self.binding = binding
        children = definition.children?.cursor(binding)
    }

    /// The next entry, or nil at the end.
    public func next() -> DirectoryEntry? {
        if binding.isDead { return nil }
        while fixed < definition.entries.count, !definition.entries[fixed].exists(in: binding) { fixed += 1 }
        fetchChild()
        guard let (name, binding) = pending, let entry = definition.children?.entry else { return nextFixed() }
        if fixed < definition.entries.count,
            definition.entries[fixed].name.utf8.lexicographicallyPrecedes(name.utf8)
        {
            return nextFixed()
        }
        pending = nil
        last = .child(name, binding)
        return DirectoryEntry(name: name, declaration: entry.declaration, line: nil)
    }

    private func fetchChild() {
        guard pending == nil, let children else { return }
        repeat { pending = children.next() } while pending?.binding.isDead ?? false
    }

    private func nextFixed() -> DirectoryEntry? {
        guard fixed < definition.entries.count else { return nil }
        let entry = definition.entries[fixed]
        last = .fixed(fixed)
        fixed += 1
        return DirectoryEntry(name: entry.name, declaration: entry.declaration, line: entry.line)
    }

    /// A reader for the directory that ``next()`` gave last; nil where it has gone or was no directory.
    public func descend() -> DirectoryReader? { lastDirectory().map { DirectoryReader($0.definition, $0.binding) } }

    /// What the directory that ``next()`` gave last is, without a reader for it.
    func lastDirectory() -> (definition: DirectoryDefinition, binding: Binding)? {
        switch last {
        case .fixed(let index):
            let entry = definition.entries[index]
            guard let directory = entry.directory, let inner = entry.resolve(binding) else { return nil }
            return (directory, inner)
        case .child(_, let binding):
            guard let directory = definition.children?.entry.directory else { return nil }
            return (directory, binding)
        case .none: return nil
        }
    }

    /// The inode number of the entry that ``next()`` gave last: another for what was removed and made again.
    public var inode: Inode {
        switch last {
        case .fixed(let index):
            let entry = definition.entries[index]
            return .of(entry.name.utf8Span.span, in: entry.resolve(binding) ?? binding)
        case .child(let name, let binding): return .of(name.utf8Span.span, in: binding)
        case .none: return .of("".utf8Span.span, in: binding)
        }
    }

    /// The value of the attribute that ``next()`` gave last; nil where it has none to show.
    public func reading() -> Reading? {
        guard case .fixed(let index) = last, let file = definition.entries[index].file else { return nil }
        return try? Reading(of: file, binding)
    }

    /// Goes on behind that name, whether it is there or not. To be called before the first ``next()``.
    public func seek(after name: Span<UInt8>) {
        while fixed < definition.entries.count, !name.precedes(definition.entries[fixed].name.utf8Span.span) {
            fixed += 1
        }
        children?.seek(after: name)
    }
}
