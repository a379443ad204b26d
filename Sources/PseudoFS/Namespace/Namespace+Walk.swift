internal import Bytes
internal import Synchronization
internal import SystemPackage

/// The walk along a path.
extension Namespace {
    /// How often a walk goes on elsewhere before it is taken for a loop, as Linux has it (MAXSYMLINKS).
    private static var turnsMax: Int { 40 }

    /// Finds or makes the node of a path.
    ///
    /// Symbolic links are followed, and a name in a union leads to the branch that has it: the node has the path where it
    /// really stands, and ``Walk/isElsewhere`` says so.
    ///
    /// - Parameters:
    ///   - path: absolute, decoded, without a trailing slash, `.` or `..`: `/tracing/tracing_on`.
    ///   - caller: whose lane is used.
    ///   - purpose: what for.
    ///   - permits: whether the caller may read at a path to which the walk goes on; nil for everywhere.
    /// - Returns: the node, held while the walk is.
    /// - Throws: ENOENT, ENOTDIR, ENAMETOOLONG (a name over 255 bytes, a path over its limit), ELOOP for more than 40
    ///   links, EXDEV for a link out of its mount, EROFS for a change of what only a lower branch of a union has, EACCES
    ///   where the walk would go on to what the caller may not read, ENOMEM where every node is pinned and no more may be
    ///   made.
    public func walk(
        _ path: Span<UInt8>, caller: Caller, purpose: Purpose = .look, permits: Permission? = nil
    ) throws(Failure) -> Walk {
        let visit = Visit(
            caller: caller, lane: cache.laneIndex(for: caller.lane), purpose: purpose, followsLast: purpose != .entry,
            permits: permits)
        return try walk(path, visit)
    }

    @inline(__always)
    private func walk(_ path: Span<UInt8>, _ visit: Visit) throws(Failure) -> Walk {
        if path.count <= limits.pathBytesMax {
            let hash = Hash64.of(path, seed: seed)
            if let eager, let node = eager.use(path, hash: hash) { return Walk(node: node) }
            if let node = cache.node(at: path, hash: hash, lane: visit.lane) {
                if node.isDead {
                    pruneDead(node)
                } else if !node.entry.leadsOn {
                    return Walk(node: node)
                }
            }
        }
        return try walkSlowly(path, visit, turns: 0)
    }

    /// What stays the same along a walk, wherever it goes on.
    struct Visit {
        let caller: Caller
        let lane: Int
        let purpose: Purpose
        /// Whether a link at the end of the path is followed.
        let followsLast: Bool
        let permits: Permission?
    }

    /// How far the making of nodes came.
    private struct Reach {
        /// Names of the path that lead to the last node made.
        var names = 0
        /// How many of them a cache keeps.
        var kept: Int
        /// Where the walk goes on instead, and whether nothing may be changed there.
        var detour: (path: [UInt8], isReadOnly: Bool)?
        /// The path of the last node where it is another than that of the walk.
        var isElsewhere = false
    }

    private func walkSlowly(_ path: Span<UInt8>, _ visit: Visit, turns: Int) throws(Failure) -> Walk {
        if path.count == 1, path[0] == 0x2F { return Walk(node: root, isElsewhere: turns > 0) }
        var ends = InlineArray<64, Int32>(repeating: 0)
        var hashes = InlineArray<64, UInt64>(repeating: 0)
        let count = try PathTrail.split(path, limits: limits, into: &ends)
        Hash64.ofPrefixes(path, ends: ends.span.extracting(0..<count), seed: seed, into: &hashes)
        let trail = PathTrail(
            ends: ends.span.extracting(0..<count), hashes: hashes.span.extracting(0..<count))
        var (found, known) = cache.deepest(on: path, trail, lane: visit.lane)
        if let node = found, node.isDead {
            pruneDead(node)
            (found, known) = cache.deepest(on: path, trail, lane: visit.lane)
            if found?.isDead ?? false { (found, known) = (nil, 0) }
        }
        if let found, known == count || found.entry.isLink {
            return try arrive(at: found, names: known, of: path, trail, visit, turns: turns)
        }
        let start = found ?? root
        let renamesBefore = renames.load(ordering: .acquiring)
        var made: [Node] = []
        made.reserveCapacity(count - known)
        var reach = Reach(kept: count)
        try make(trail, from: known, of: path, [UInt8](copying: path), below: start, visit, &reach, into: &made)
        let node = made.first
        let kept = min(reach.kept, reach.names)
        if kept < known + made.count { made.removeFirst(known + made.count - kept) }
        var isFull = false
        if !made.isEmpty {
            let way = PathTrail(ends: ends.span.extracting(0..<kept), hashes: hashes.span.extracting(0..<kept))
            isFull = !cache.insert(&made, below: start, way, lane: visit.lane)
            if renames.load(ordering: .acquiring) != renamesBefore {
                // What was made may stand for what has moved away since.
                cache.prune(path.extracting(0..<trail.end(known)), hash: trail.hash(known))
                return try turn(to: path, visit, turns: turns, isElsewhere: turns > 0)
            }
        }
        if let detour = reach.detour {
            if detour.isReadOnly, visit.purpose != .look {
                throw Failure(.readOnlyFileSystem, "only a lower branch of the union has it, and that is not changed")
            }
            return try turn(to: detour.path.span, visit, turns: turns)
        }
        guard let node else { throw Failure(.noSuchFileOrDirectory) }
        if node.entry.leadsOn {
            return try arrive(at: node, names: reach.names, of: path, trail, visit, turns: turns)
        }
        let isElsewhere = turns > 0 || reach.isElsewhere
        guard isFull else { return Walk(node: node, isElsewhere: isElsewhere) }
        guard visit.purpose != .look, cache.takeReserve(lane: visit.lane) else {
            throw Failure(.noMemory, "every node is pinned, and the limit is \(cache.nodeCountMax)")
        }
        return Walk(node: node, isElsewhere: isElsewhere, reserve: cache)
    }

    /// Ends a walk at a node, or goes on where that leads.
    private func arrive(
        at node: Node, names: Int, of path: Span<UInt8>, _ trail: PathTrail, _ visit: Visit, turns: Int
    ) throws(Failure) -> Walk {
        let isLast = names == trail.count
        if node.entry.isLink, !isLast || visit.followsLast, let target = node.target(for: visit.caller) {
            var next = try place(of: target, from: node)
            if !isLast { next += [UInt8](copying: path.extracting(trail.end(names - 1)..<path.count)) }
            return try turn(to: next.span, visit, turns: turns)
        }
        if isLast, visit.purpose == .create, let union = node.union, let first = union.branches.first {
            return try turn(to: first.utf8Span.span, visit, turns: turns)
        }
        return Walk(node: node, isElsewhere: turns > 0)
    }

    /// Goes on with another path.
    private func turn(
        to path: Span<UInt8>, _ visit: Visit, turns: Int, isElsewhere: Bool = true
    ) throws(Failure) -> Walk {
        if turns == Self.turnsMax {
            throw Failure(.tooManySymbolicLinkLevels, "more than \(Self.turnsMax) links on the way")
        }
        if isElsewhere, let permits = visit.permits, !permits(path) {
            throw Failure(.permissionDenied, "it leads to where you may not look")
        }
        return try walkSlowly(path, visit, turns: turns + 1)
    }

    /// Makes the nodes of a path's names, the last one first in the array, as far as it leads straight on.
    ///
    /// It calls itself for the next name before it hands its own node on, so that a node is never copied.
    private func make(
        _ trail: PathTrail, from index: Int, of path: Span<UInt8>, _ text: [UInt8], below directory: Node,
        _ visit: Visit, _ reach: inout Reach, into made: inout [Node]
    ) throws(Failure) {
        let name = trail.name(index)
        reach.names = index
        guard let table = directory.table else {
            throw Failure(
                .notDirectory, "\(String(repairing: path.extracting(0..<(name.lowerBound - 1)))) is no directory")
        }
        switch table.children?.lookup {
        case .branches(let union):
            let rest = path.extracting(name.lowerBound..<path.count)
            reach.detour = try detour(in: union(directory.binding), to: path.extracting(name), rest, visit)
            return
        case .paths(let resolve):
            let rest = path.extracting(name.lowerBound..<path.count)
            let found = try resolve(directory.binding, rest, visit.caller)
            (reach.kept, reach.names) = (min(reach.kept, index), trail.count)
            made.append(node(of: found, below: directory, path.extracting(0..<name.lowerBound), text, &reach))
            return
        default: break
        }
        guard let (entry, bound) = try table.entry(named: path.extracting(name), below: directory.bound) else {
            let parent = String(repairing: path.extracting(0..<(name.lowerBound - 1)))
            throw Failure(.noSuchFileOrDirectory, "there is no \(parent)/\(String(repairing: path.extracting(name)))")
        }
        let node = Node(
            entry, bound, path: NodePath(text, length: name.upperBound, nameStart: name.lowerBound),
            fileSystem: directory.fileSystem)
        if !entry.isKept { reach.kept = min(reach.kept, index) }
        if index + 1 < trail.count, !entry.isLink {
            try make(trail, from: index + 1, of: path, text, below: node, visit, &reach, into: &made)
        } else {
            reach.names = index + 1
        }
        made.append(consume node)
    }

    /// The node of what a directory found at the end of a path.
    private func node(
        of found: PathResolution, below directory: Node, _ path: Span<UInt8>, _ text: [UInt8], _ reach: inout Reach
    ) -> Node {
        var whole = text
        if let realPath = found.realPath {
            whole = [UInt8](copying: path) + realPath
            reach.isElsewhere = whole != text
        }
        let nameStart = (whole.lastIndex(of: 0x2F) ?? 0) + 1
        return Node(
            found.resolution.entry, SharedBinding(found.resolution.binding),
            path: NodePath(whole, length: whole.count, nameStart: nameStart), fileSystem: directory.fileSystem)
    }

    // MARK: unions

    /// Where a name in a union stands: in the first branch that has it.
    private func detour(
        in union: UnionDirectory, to name: Span<UInt8>, _ rest: Span<UInt8>, _ visit: Visit
    ) throws(Failure) -> (path: [UInt8], isReadOnly: Bool) {
        for (index, branch) in union.branches.enumerated() {
            if let permits = visit.permits, !permits(branch.utf8Span.span) { continue }
            let directory = Array((branch + "/").utf8)
            do throws(Failure) {
                let entry = directory + [UInt8](copying: name)
                // A link that leads nowhere is there all the same.
                let look = Visit(
                    caller: visit.caller, lane: visit.lane, purpose: visit.purpose, followsLast: false, permits: nil)
                _ = try walk(entry.span, look)
            } catch {
                switch error.errno {
                case .noSuchFileOrDirectory, .notDirectory, .operationNotSupportedByDevice: continue
                // The branch itself has become a link that leads nowhere.
                case .improperLink, .tooManySymbolicLinkLevels: continue
                default: throw error
                }
            }
            return (directory + [UInt8](copying: rest), index > 0)
        }
        throw Failure(
            .noSuchFileOrDirectory, "no branch of /\(union.name) has \(String(repairing: name))")
    }

    /// Readers of those branches that there are and that may be looked at.
    func readers(of union: UnionDirectory, _ look: Look) -> [DirectoryReader] {
        union.branches.compactMap { branch in
            if let permits = look.permits, !permits(branch.utf8Span.span) { return nil }
            return try? walk(branch.utf8Span.span, caller: look.caller).node.entries(look)
        }
    }

    // MARK: links

    /// The path that a link leads to.
    private func place(of target: String, from link: Node) throws(Failure) -> [UInt8] {
        let own = link.path
        let mount = mountPath(of: own.span)
        var names: [Substring] = []
        if target.utf8.first != 0x2F {
            names = String(repairing: own.parent).split(separator: "/")
        }
        for name in target.split(separator: "/") where name != "." {
            guard name == ".." else {
                names.append(name)
                continue
            }
            if names.isEmpty { throw outside(target, mount) }
            names.removeLast()
        }
        let text = "/" + names.joined(separator: "/")
        guard text == mount || text.hasPrefix(mount + "/") else { throw outside(target, mount) }
        return Array(text.utf8)
    }

    private func outside(_ target: String, _ mount: String) -> Failure {
        Failure(.improperLink, "the link to \(target) leaves \(mount)")
    }

    /// Where the file system is mounted that a path is in: the root where it is in none.
    public func mountPath(of path: Span<UInt8>) -> String {
        let index = mountIndex(of: path)
        return index < 0 ? "/" : mounts[index].path
    }

    /// The mount that a path leads into; -1 for none.
    func mountIndex(of path: Span<UInt8>) -> Int {
        for (index, mount) in mounts.enumerated() {
            let length = mount.path.utf8.count
            guard path.count == length || path.count > length && path[length] == 0x2F,
                path.extracting(0..<length).equals(mount.path)
            else { continue }
            return index
        }
        return -1
    }

    // MARK: forgetting

    /// Forgets a node whose subject has gone, from the topmost one that has gone with it.
    private func pruneDead(_ node: Node) {
        var top = node
        for parent in cache.parents(of: node) {
            guard parent.isDead else { break }
            top = parent
        }
        prune(top)
    }

    func prune(_ node: Node) {
        let path = node.path
        prune(path.span)
    }

    /// Forgets the nodes of a path and of those below it, however they were made.
    func prune(_ path: Span<UInt8>) {
        cache.prune(path, hash: Hash64.of(path, seed: seed))
        eager?.remove(path)
    }
}
