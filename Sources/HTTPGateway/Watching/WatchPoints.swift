internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// What is watched, by path and identity: who watches the same thing in the same form shares a point.
final class WatchPoints: Sendable {
    private struct Key: Hashable, Sendable {
        let path: [UInt8]
        let inode: Inode
        let int64AsString: Bool

        init(_ node: Node, int64AsString: Bool) {
            let place = node.path
            path = [UInt8](copying: place.span)
            inode = node.inode
            self.int64AsString = int64AsString
        }
    }

    private struct Entry: Sendable {
        let point: WatchPoint
        var users: Int
    }

    private struct State: Sendable {
        var entries: [Key: Entry] = [:]
        /// Where to find a point again: its path alone would not do, for it may be another's by then.
        var keys: [ObjectIdentifier: Key] = [:]
    }

    private let namespace: Namespace
    private let entryCountMax: Int
    /// A leaf; nothing is called under it.
    private let state = Locked(State())

    /// Nothing is watched yet.
    init(_ namespace: Namespace, entryCountMax: Int) {
        self.namespace = namespace
        self.entryCountMax = entryCountMax
    }

    /// The point of a node, made where there is none; to be given back.
    ///
    /// - Throws: ENODEV where what the node stands for has been removed; what the file itself reports.
    func take(_ node: Node, int64AsString: Bool) throws(Failure) -> WatchPoint {
        let key = Key(node, int64AsString: int64AsString)
        if let known = use(key) { return known }
        let made = try WatchPoint(node, in: namespace, int64AsString: int64AsString, entryCountMax: entryCountMax)
        let point = state.withLock { state in
            if let other = state.entries[key] {
                state.entries[key]?.users += 1
                return other.point
            }
            state.entries[key] = Entry(point: made, users: 1)
            state.keys[ObjectIdentifier(made)] = key
            return made
        }
        if point !== made { made.close() }
        return point
    }

    private func use(_ key: Key) -> WatchPoint? {
        state.withLock { state in
            guard let known = state.entries[key], !known.point.node.isGone else { return nil }
            state.entries[key]?.users += 1
            return known.point
        }
    }

    /// Gives a point back; the last one closes it.
    func giveBack(_ point: WatchPoint) {
        let isUnused = state.withLock { state in
            guard let key = state.keys[ObjectIdentifier(point)], let users = state.entries[key]?.users else {
                return false
            }
            if users > 1 {
                state.entries[key]?.users = users - 1
                return false
            }
            state.entries[key] = nil
            state.keys[ObjectIdentifier(point)] = nil
            return true
        }
        if isUnused { point.close() }
    }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }
}
