internal import Bytes

/// Goes through the entries of all branches, merged; of those with one name the first branch's is given.
///
/// Used by one thread at a time.
final class UnionCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private struct Branch {
        let reader: DirectoryReader
        var pending: (name: String, resolution: Resolution)?

        mutating func fetch() {
            pending = nil
            while pending == nil, let entry = reader.next() {
                // What has gone since it was listed is left out.
                pending = reader.lastResolved().map { (entry.name, Resolution($0.entry, $0.binding)) }
            }
        }
    }

    private var branches: [Branch]
    private var isFetched = false

    /// Goes through directories, the topmost first.
    init(_ readers: [DirectoryReader]) { branches = readers.map { Branch(reader: $0) } }

    func next() -> (name: String, resolution: Resolution)? {
        if !isFetched {
            for index in branches.indices { branches[index].fetch() }
            isFetched = true
        }
        var least: (name: String, resolution: Resolution)?
        for branch in branches {
            guard let pending = branch.pending else { continue }
            if let name = least?.name, !pending.name.utf8Span.span.precedes(name.utf8Span.span) { continue }
            least = pending
        }
        guard let least else { return nil }
        for index in branches.indices where branches[index].pending?.name == least.name { branches[index].fetch() }
        return least
    }

    func seek(after name: Span<UInt8>) { for branch in branches { branch.reader.seek(after: name) } }
}
