internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// What is watched, by path and identity: who watches the same thing in the same form shares a point.
///
/// Not so a directory that may show each who looks something else, as a union shows the branches that one may read.
final class WatchPoints: Sendable {
    private struct Key: Hashable, Sendable {
        let path: [UInt8]
        let inode: Inode
        let int64AsString: Bool
        /// Another for each point that is not shared.
        let own: UInt64

        init(_ node: Node, int64AsString: Bool, own: UInt64) {
            self.own = own
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
        /// How many points were not to be shared.
        var ownCount: UInt64 = 0
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
    /// - Parameters:
    ///   - node: what is watched.
    ///   - look: who watches.
    ///   - int64AsString: whether 64-bit numbers are quoted.
    /// - Returns: the point.
    /// - Throws: ENODEV where what the node stands for has been removed; what the file itself reports.
    func take(_ node: Node, as look: Look, int64AsString: Bool) throws(Failure) -> WatchPoint {
        let isShared = !(node.declaration.isDirectory && namespace.showsOthers(node))
        let own = isShared ? 0 : nextOwn()
        let key = Key(node, int64AsString: int64AsString, own: own)
        if isShared, let known = use(key) { return known }
        let made = try WatchPoint(
            node, in: namespace, as: look, int64AsString: int64AsString, entryCountMax: entryCountMax)
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

    private func nextOwn() -> UInt64 {
        state.withLock { state in
            state.ownCount += 1
            return state.ownCount
        }
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
