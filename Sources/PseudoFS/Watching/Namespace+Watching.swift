internal import Bytes
internal import Synchronization

/// Telling of changes, and hearing of them.
extension Namespace {
    /// Has a lookout called after each change that may concern a node. What changed before is to be seen by looking after
    /// this call.
    ///
    /// - Returns: its place, to be given back to ``Watchers/remove(_:)``.
    public func watch(_ node: Node, by lookout: any Lookout) -> Watchers.Ticket {
        watchers.add(lookout, at: place(of: node).place)
    }

    /// To be told after a write through a node, one that was refused included: the control file of what is now enabled is
    /// kept, and what the write may concern is looked at. With nobody watching the latter is one load.
    public func changed(_ node: Node) {
        cache.updateHold(of: node)
        if let eager, node.changesEntries { eager.refresh() }
        touched(node)
    }

    /// To be told after a removal through a node: what was below it is forgotten at once.
    public func removed(_ node: Node) {
        if node.isDead { prune(node) }
        // The directory that it stood in may be another subject's.
        touched(node, atLeast: .fileSystem)
    }

    /// To be told where things have gone that no node was at hand for: the nodes of all that has gone are forgotten, and
    /// what anybody watches is looked at. About 20 ns a node of the cache.
    public func forgetRemoved() {
        cache.forgetDead()
        eager?.refresh()
        guard !watchers.isIdle else { return }
        let nowhere = Watchers.Place(mount: -1, subject: 0)
        watchers.changed(Watchers.Concern(place: nowhere, root: nowhere, reach: .everything))
    }

    /// To be told after an entry was renamed: its node and those below it are at another path now.
    ///
    /// - Parameter node: the one that was walked to, by its old path.
    public func renamed(_ node: Node) {
        let path = node.path
        forget(renamed: path.span)
        touched(node, atLeast: .fileSystem)
    }

    /// To be told after a program renamed an entry without the tree's help.
    ///
    /// - Parameter path: where the entry stood, as a walk takes it.
    public func renamed(from path: Span<UInt8>) {
        forget(renamed: path)
        changed(at: mountPath(of: path))
    }

    /// Counted first, forgotten then: a walk that made nodes meanwhile sees the one or is hit by the other.
    private func forget(renamed path: Span<UInt8>) {
        renames.add(1, ordering: .acquiringAndReleasing)
        prune(path)
    }

    /// Whether a node stands where things of others are shown (``ChangeReach/everything``), or in no mount: there a
    /// directory may show each who looks something else.
    public func showsOthers(_ node: Node) -> Bool {
        let path = node.path
        let mount = mountIndex(of: path.span)
        return mount < 0 || mounts[mount].fileSystem.reach == .everything
    }

    /// To be told after a change that nobody made through the tree, such as a call to the model in process.
    ///
    /// - Parameters:
    ///   - path: where the model is mounted: all of that is looked at, and all that shows what is others'.
    ///   - subject: the identity of what was changed, where its own files alone can show it; those of the root are looked
    ///     at in any case.
    public func changed(at path: String, subject: UInt64? = nil) {
        guard !watchers.isIdle else { return }
        let mount = mountIndex(of: path.utf8Span.span)
        let place = Watchers.Place(mount: mount, subject: subject ?? 0)
        let root = mount < 0 ? place : self.root(of: mount)
        watchers.changed(
            Watchers.Concern(
                place: place, root: root, reach: subject == nil || place == root ? .fileSystem : .subject))
    }

    private func touched(_ node: Node, atLeast least: ChangeReach = .subject) {
        guard !watchers.isIdle else { return }
        let (place, root) = place(of: node)
        var reach = ChangeReach.everything
        if place.mount >= 0 {
            reach = mounts[place.mount].fileSystem.reach
            if reach == .subject { reach = place == root ? .fileSystem : node.declaration.reach ?? least }
        }
        watchers.changed(Watchers.Concern(place: place, root: root, reach: reach))
    }

    /// Where marks find a node: its mount and its subject, beside the subject of the mount's root.
    private func place(of node: Node) -> (place: Watchers.Place, root: Watchers.Place) {
        let path = node.path
        let mount = mountIndex(of: path.span)
        let place = Watchers.Place(mount: mount, subject: node.binding.subject.identity)
        return (place, mount < 0 ? place : root(of: mount))
    }

    private func root(of mount: Int) -> Watchers.Place {
        Watchers.Place(mount: mount, subject: mounts[mount].fileSystem.binding.subject.identity)
    }
}
