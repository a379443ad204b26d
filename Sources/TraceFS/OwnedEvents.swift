internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// Which owners have which of the events that programs define.
///
/// An event that was defined for an owner goes with it. Defined again for others, it goes with the last of them; defined
/// again for nobody, it stays: what a reference to a user event, and `USER_EVENT_REG_PERSIST`, are in the kernel.
///
/// Changes are made one at a time, under a lock that comes before all of the engine's; that of the table is a leaf.
final class OwnedEvents: Sendable {
    private struct Share {
        let owner: ObjectIdentifier
        let adoption: Adoption
    }

    private let changes = Locked(())
    /// By the event's place among all there ever were. The adoption of whoever is listed has not ended.
    private let shares = Locked<[UInt32: [Share]]>([:])

    /// Defines an event, for an owner or for nobody.
    ///
    /// - Parameters:
    ///   - owner: whose it is to be.
    ///   - engine: tells when it has gone otherwise.
    ///   - define: defines it; gives the event and whether there was none before, or nil where nothing was to be defined.
    ///   - dismiss: removes it, whoever uses it.
    /// - Throws: what `define` throws; ENOENT about the content where the owner has been released: no event was made.
    func define(
        for owner: Owner?, in engine: TraceEngine,
        _ define: () throws(Failure) -> (event: TraceEvent, isNew: Bool)?,
        dismiss: @escaping @Sendable (TraceEvent) -> Void
    ) throws(Failure) {
        try changes.withLock { _ throws(Failure) in
            guard let (event, isNew) = try define() else { return }
            let key = event.order
            guard let owner else {
                for share in shares.withLock({ $0.removeValue(forKey: key) }) ?? [] { share.adoption.end() }
                return
            }
            let known = shares.withLock { $0[key] }
            if !isNew, known == nil { return }
            if known?.contains(where: { $0.owner == ObjectIdentifier(owner) }) ?? false { return }
            let name = ObjectIdentifier(owner)
            guard let adoption = owner.tryAdopt({ [self] in release(event, by: name, dismiss) }) else {
                if isNew { dismiss(event) }
                throw Owner.unknown(owner.name)
            }
            shares.withLock { $0[key, default: []].append(Share(owner: name, adoption: adoption)) }
            if known == nil { engine.whenRemoved(event) { [self] in forget(key) } }
        }
    }

    /// An owner has gone: the event goes if it was the last.
    private func release(
        _ event: TraceEvent, by owner: ObjectIdentifier, _ dismiss: @escaping @Sendable (TraceEvent) -> Void
    ) {
        changes.withLock { _ in
            let isLast = shares.withLock { shares in
                let key = event.order
                guard var list = shares[key], let index = list.firstIndex(where: { $0.owner == owner }) else {
                    return false
                }
                list.remove(at: index)
                shares[key] = list.isEmpty ? nil : list
                return list.isEmpty
            }
            if isLast { dismiss(event) }
        }
    }

    /// An event has gone, by whatever way.
    private func forget(_ event: UInt32) {
        for share in shares.withLock({ $0.removeValue(forKey: event) }) ?? [] { share.adoption.end() }
    }
}
