internal import Bytes

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
/// What the model had when the reader was made is what it gives; entries that went meanwhile are left out.
public protocol DirectoryReader: AnyObject, Sendable {
    /// The next entry, or nil at the end.
    func next() -> DirectoryEntry?
    /// A reader for the directory that ``next()`` gave last; nil where it has gone or was no directory.
    func descend() -> (any DirectoryReader)?
    /// The value of the attribute that ``next()`` gave last; nil where it has none to show.
    func reading() -> Reading?
    /// Goes on behind that name, whether it is there or not.
    func seek(after name: Span<UInt8>)
}

final class BoundDirectoryReader<Context: NodeContext>: DirectoryReader, @unchecked Sendable {
    // Sendable: like every open file it is used by one thread at a time.
    private enum Last { case none, fixed(Int), child(Int) }

    private let table: DirectoryTable<Context>
    private let context: Context
    private let list: (any ChildList)?
    private var fixed = 0
    private var child = 0
    private var last = Last.none

    init(table: DirectoryTable<Context>, context: Context) {
        self.table = table
        self.context = context
        list = table.children?.list(in: context)
    }

    func next() -> DirectoryEntry? {
        if context.isDead { return nil }
        while fixed < table.entries.count, !table.entries[fixed].exists(in: context) { fixed += 1 }
        while let list, child < list.count, list.isGone(at: child) { child += 1 }
        guard let list, child < list.count else { return nextFixed() }
        let name = list.name(at: child)
        if fixed < table.entries.count, table.entries[fixed].name.utf8.lexicographicallyPrecedes(name.utf8) {
            return nextFixed()
        }
        last = .child(child)
        child += 1
        return DirectoryEntry(name: name, declaration: list.declaration, line: nil)
    }

    private func nextFixed() -> DirectoryEntry? {
        guard fixed < table.entries.count else { return nil }
        let entry = table.entries[fixed]
        last = .fixed(fixed)
        fixed += 1
        return DirectoryEntry(name: entry.name, declaration: entry.declaration, line: entry.line)
    }

    func descend() -> (any DirectoryReader)? {
        switch last {
        case .fixed(let index):
            if case .directory(let directory) = table.entries[index].target { directory.reader(in: context) } else { nil }
        case .child(let index): list?.reader(at: index)
        case .none: nil
        }
    }

    func reading() -> Reading? {
        guard case .fixed(let index) = last, case .file(let file) = table.entries[index].target else { return nil }
        return try? Reading(of: file, in: context)
    }

    func seek(after name: Span<UInt8>) {
        while fixed < table.entries.count, !precedes(name, table.entries[fixed].name) { fixed += 1 }
        guard let list else { return }
        var low = child
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if precedes(name, list.name(at: middle)) { high = middle } else { low = middle + 1 }
        }
        child = low
    }

    private func precedes(_ left: Span<UInt8>, _ right: String) -> Bool {
        let right = right.utf8Span.span
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}
