internal import Locking
internal import Synchronization
internal import SystemPackage

/// Who made entries, and takes them along when it goes.
///
/// ```swift
/// let owner = Owner(name: "shop", in: server.namespace)
/// let instance = try server.engine.createInstance(name: "shop")
/// owner.adopt(instance, in: server.engine)     // TraceFS: what `?owner=` and the member `owner` do over HTTP
/// owner.adopt { removeSomethingElse() }
/// owner.release()                              // or the last reference to it goes: both are gone
/// ```
///
/// The 2009 debugfs article warned of "no automatic cleanup … stale pointers"; an owner is that cleanup. What it adopted
/// goes in the reverse order of adoption, whoever still has it open: streams end, later calls get ENOENT. Nothing waits.
/// Things are adopted by what they are and not by name: what was made again under the name of a thing that has gone is
/// nobody's. Any thread; the lock is a leaf, and nothing is called under it.
public final class Owner: Sendable {
    /// Who it is, for people.
    public let name: String
    private let ledger = AdoptionLedger()
    private let released = Atomic(false)
    /// Tells the tree that something may have gone from it.
    private let tell: @Sendable () -> Void

    /// An owner of nothing yet, which no registry knows.
    ///
    /// - Parameters:
    ///   - name: for people.
    ///   - namespace: where its things are seen: told at its end, so that what stood for them is forgotten and who
    ///     watches hears of it. Not kept.
    public convenience init(name: String, in namespace: Namespace? = nil) {
        self.init(name: name) { [weak namespace] in namespace?.forgetRemoved() }
    }

    init(name: String, tell: @escaping @Sendable () -> Void) {
        self.name = name
        self.tell = tell
    }

    deinit { release() }

    /// Ties a thing to this owner.
    ///
    /// - Parameters:
    ///   - entries: how many entries it is, for those who look at the owner.
    ///   - remove: removes the thing; must bear that it is gone already, and must not keep this owner. Called at most
    ///     once, under no lock.
    /// - Returns: to be ended where the thing goes by another way. nil where the owner has been released: it takes
    ///   nothing, and `remove` was called at once.
    @discardableResult
    public func adopt(entries: Int = 1, _ remove: @escaping @Sendable () -> Void) -> Adoption? {
        if let adoption = tryAdopt(entries: entries, remove) { return adoption }
        remove()
        return nil
    }

    /// Ties a thing to this owner, and leaves it to the caller to remove it where that cannot be: who holds a lock that
    /// `remove` takes.
    ///
    /// - Returns: as ``adopt(entries:_:)``; where it is nil, `remove` has not been called and never will be.
    public func tryAdopt(entries: Int = 1, _ remove: @escaping @Sendable () -> Void) -> Adoption? {
        guard let place = ledger.list.withLock({ $0?.append(entries: entries, remove) }) else { return nil }
        return Adoption(place, in: ledger)
    }

    /// Removes everything that was adopted, the newest first. Doing it twice does nothing more.
    ///
    /// Costs what the removals cost, and where it knows its tree about 20 ns a node of the cache.
    public func release() {
        released.store(true, ordering: .releasing)
        let all = ledger.list.withLock { list in
            defer { list = nil }
            return list
        }
        guard let all, all.count > 0 else { return }
        all.forEachFromNewest { remove in remove() }
        tell()
    }

    /// Whether it has been released.
    public var isReleased: Bool { released.load(ordering: .acquiring) }

    /// How many entries it has.
    public var entryCount: Int { ledger.list.withLock { $0?.entries ?? 0 } }

    /// What a request is refused with that names an owner which is not there, or no longer.
    public static func unknown(_ name: String) -> Failure {
        Failure(.noSuchFileOrDirectory, "there is no owner \(name)", subject: .content)
    }

    /// Traps where what it has adopted is not as it should be; does nothing in a release build.
    public func checkInvariants() { ledger.list.withLock { $0?.checkInvariants() } }
}
