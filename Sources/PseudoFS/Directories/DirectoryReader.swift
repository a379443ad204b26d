internal import Bytes
public import SystemPackage

/// One entry of a directory, as a listing gives it: no node is made for it.
public struct DirectoryEntry: Sendable {
    /// The name.
    public let name: String
    /// What it is.
    public let declaration: Declaration
    /// Where it leads, if it is a symbolic link.
    public let target: String?
    let line: EntryLine?
}

/// Who looks at a directory, and what it may see of other places: a union shows only the branches that it may read.
public struct Look: Sendable {
    /// Who.
    public let caller: Caller
    /// Whether it may read what stands at a path; nil for everything.
    public let permits: Namespace.Permission?

    /// Says who looks.
    public init(caller: Caller = Caller(), permits: Namespace.Permission? = nil) {
        self.caller = caller
        self.permits = permits
    }
}

/// Reads a directory's entries in the order of their names' bytes: fixed ones and those of the model, merged.
///
/// What the model had when the reader was made is what it gives; entries that went meanwhile are left out. Like an open
/// file it is used by one thread at a time.
public final class DirectoryReader: @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private enum Last { case none, fixed(Int), child(String, Resolution) }

    private let definition: DirectoryDefinition
    private let binding: Binding
    private let look: Look
    private let children: (any EntryCursor)?
    private var fixed = 0
    private var last = Last.none
    /// The child that comes next, looked at but not given yet.
    private var pending: (name: String, resolution: Resolution)?

    init(_ definition: DirectoryDefinition, _ binding: Binding, _ look: Look) {
        self.definition = definition
        self.binding = binding
        self.look = look
        children = definition.children?.cursor(binding, look)
    }

    /// The next entry, or nil at the end.
    public func next() -> DirectoryEntry? {
        if binding.isDead { return nil }
        while fixed < definition.entries.count, !definition.entries[fixed].exists(in: binding) { fixed += 1 }
        fetchChild()
        guard let (name, child) = pending else { return nextFixed() }
        if fixed < definition.entries.count,
            definition.entries[fixed].name.utf8.lexicographicallyPrecedes(name.utf8)
        {
            return nextFixed()
        }
        pending = nil
        last = .child(name, child)
        return DirectoryEntry(
            name: name, declaration: child.entry.declaration, target: target(of: child.entry, child.binding), line: nil)
    }

    private func fetchChild() {
        guard pending == nil, let children else { return }
        repeat { pending = children.next() } while pending?.resolution.binding.isDead ?? false
    }

    private func nextFixed() -> DirectoryEntry? {
        guard fixed < definition.entries.count else { return nil }
        let entry = definition.entries[fixed]
        last = .fixed(fixed)
        fixed += 1
        return DirectoryEntry(
            name: entry.name, declaration: entry.declaration, target: target(of: entry, binding), line: entry.line)
    }

    @inline(__always)
    private func target(of entry: EntryDefinition, _ binding: Binding) -> String? {
        entry.isLink ? entry.file?.target?(binding, look.caller) : nil
    }

    /// A reader for the directory that ``next()`` gave last; nil where it has gone or was no directory.
    public func descend() -> DirectoryReader? {
        guard let (entry, binding) = lastResolved(), let directory = entry.directory else { return nil }
        return DirectoryReader(directory, binding, look)
    }

    /// What ``next()`` gave last, bound, without a reader for it; nil where it has gone.
    func lastResolved() -> (entry: EntryDefinition, binding: Binding)? {
        switch last {
        case .fixed(let index):
            let entry = definition.entries[index]
            guard let inner = entry.resolve(binding) else { return nil }
            return (entry, inner)
        case .child(_, let child): return (child.entry, child.binding)
        case .none: return nil
        }
    }

    /// The inode number of the entry that ``next()`` gave last: another for what was removed and made again.
    public var inode: Inode {
        switch last {
        case .fixed(let index):
            let entry = definition.entries[index]
            return .of(entry.name.utf8Span.span, in: entry.resolve(binding) ?? binding)
        case .child(let name, let child): return .of(name.utf8Span.span, in: child.binding)
        case .none: return .of("".utf8Span.span, in: binding)
        }
    }

    /// The value of the attribute that ``next()`` gave last; nil where it has none to show.
    public func reading() -> Reading? {
        guard let (entry, binding) = lastResolved(), let file = entry.file else { return nil }
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
