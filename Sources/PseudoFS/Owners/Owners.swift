internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage

/// The owners that have a name in the tree, each with a lease or without: `/sys/fs/jitfs/owners`.
///
/// ```swift
/// let lease = try namespace.owners.make("shop", seconds: 30)
/// lease.owner.adopt { engine.removeInstance(instance) }
/// try namespace.owners.renew(lease)          // within 30 s, again and again; or everything goes
/// ```
///
/// A lease that runs out is over at that moment: it is not found any more, whoever has noticed by then. Any thread. The
/// lock is a leaf; owners are released under none.
public final class Owners: Sendable {
    /// How long a lease may last: from a second to a year.
    public static let secondsBounds: ClosedRange<UInt64> = 1...31_536_000

    fileprivate struct State {
        var byName: [String: Lease] = [:]
        var heap = LeaseHeap()
        /// Sorted by the bytes of their names; nil after a change, until somebody asks.
        var sorted: [Lease]? = []
        var serial: UInt64 = 0
        var isTicking = false
        var statistics = OwnerStatistics()
    }

    /// Who is told when entries have gone: written once, while the tree is built.
    private final class Seen: @unchecked Sendable {
        // Sendable: written once, before there is an owner.
        weak var namespace: Namespace?
    }

    private let limit: Atomic<Int>
    private let clock: any LeaseClock
    private let state = Locked(State())
    private let seen = Seen()

    /// Nobody yet.
    ///
    /// - Parameters:
    ///   - countMax: how many there may be: `owners` under `/sys/limits`.
    ///   - clock: what time is; the registry's alone.
    public init(countMax: Int = 4096, clock: any LeaseClock = LeaseTimer()) {
        limit = Atomic(countMax)
        self.clock = clock
    }

    deinit { clock.stop() }

    /// How many there may be; fewer than there are ends none of them.
    public var countMax: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(newValue, ordering: .relaxed) }
    }

    /// Says which tree the owners' entries are seen in. Once, before there are any.
    func see(_ namespace: Namespace) { seen.namespace = namespace }

    // MARK: looking

    /// The owner of a name, with its lease; nil where there is none, or where its lease has run out.
    public func lease(named name: Span<UInt8>) -> Lease? { lease(named: String(repairing: name)) }

    /// The owner of a name, to adopt something.
    ///
    /// - Throws: ENOENT about the content.
    public func owner(named name: String) throws(Failure) -> Owner {
        guard let lease = lease(named: name) else { throw Owner.unknown(name) }
        return lease.owner
    }

    private func lease(named name: String) -> Lease? {
        let now = clock.now
        return state.withLock { state in
            guard let lease = state.byName[name], lease.end > now else { return nil }
            return lease
        }
    }

    /// All of them, sorted by the bytes of their names; sorted when first asked for after a change.
    public var leases: [Lease] {
        state.withLock { state in
            if let sorted = state.sorted { return sorted }
            let sorted = state.byName.values.sorted {
                $0.owner.name.utf8.lexicographicallyPrecedes($1.owner.name.utf8)
            }
            state.sorted = sorted
            return sorted
        }
    }

    /// What is known of a lease now.
    public func status(of lease: Lease) -> Lease.Status {
        let now = clock.now
        let (seconds, end) = state.withLock { _ in (lease.seconds, lease.end) }
        let left = end == .max ? nil : end > now ? (end - now + 999_999_999) / 1_000_000_000 : 0
        return Lease.Status(seconds: seconds, remainingSeconds: left, entryCount: lease.owner.entryCount)
    }

    /// What became of owners so far.
    public var statistics: OwnerStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.live = state.byName.count
            return statistics
        }
    }

    // MARK: changing

    /// Makes an owner.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes that can stand in a path.
    ///   - seconds: how long it lasts unless it is renewed; nil for as long as nobody releases it.
    /// - Returns: the owner, of nothing yet.
    /// - Throws: EEXIST; EINVAL for a name that is empty, `.`, `..` or contains a slash or a NUL; ENAMETOOLONG; ERANGE
    ///   beyond ``secondsBounds``; ENFILE where there are as many as there may be; ENOMEM where the system has no thread
    ///   for the first lease.
    @discardableResult
    public func make(_ name: String, seconds: UInt64? = nil) throws(Failure) -> Lease {
        try Self.check(name)
        try Self.check(seconds)
        let now = clock.now
        // One of that name may have run out without anybody having noticed yet.
        if state.withLock({ ($0.byName[name]?.end ?? .max) <= now }) { expire() }
        let (lease, isFirst) = try state.withLock { state throws(Failure) in
            if state.byName[name] != nil { throw Failure(.fileExists, "there is an owner \(name)") }
            guard state.byName.count < countMax else {
                state.statistics.refused += 1
                throw Failure(.tooManyOpenFilesInSystem, "the limit owners is reached")
            }
            if seconds != nil { try self.startTicking(&state) }
            state.serial += 1
            let seen = seen
            let owner = Owner(name: name) { seen.namespace?.forgetRemoved() }
            let lease = Lease(owner, identity: state.serial, seconds: seconds)
            state.byName[name] = lease
            state.sorted = nil
            state.statistics.made += 1
            state.heap.set(Self.end(of: seconds, from: now), of: lease)
            return (lease, state.heap.first === lease)
        }
        if isFirst { clock.ring() }
        return lease
    }

    /// Renews a lease: it lasts its whole time from now on. One without end stays so.
    ///
    /// - Throws: ENODEV where it was released or has run out.
    public func renew(_ lease: Lease) throws(Failure) {
        let now = clock.now
        try state.withLock { state throws(Failure) in
            try Self.require(lease, in: state, at: now)
            state.heap.set(Self.end(of: lease.seconds, from: now), of: lease)
        }
    }

    /// Gives a lease another time, and renews it.
    ///
    /// - Parameters:
    ///   - seconds: how long it lasts from now on; nil for as long as nobody releases it.
    ///   - lease: which one.
    /// - Throws: ERANGE beyond ``secondsBounds``, ENODEV where it was released or has run out, ENOMEM where the system
    ///   has no thread for the first lease. Nothing has changed then.
    public func set(_ seconds: UInt64?, of lease: Lease) throws(Failure) {
        try Self.check(seconds)
        let now = clock.now
        let isFirst = try state.withLock { state throws(Failure) in
            try Self.require(lease, in: state, at: now)
            if seconds != nil { try self.startTicking(&state) }
            lease.seconds = seconds
            state.heap.set(Self.end(of: seconds, from: now), of: lease)
            return state.heap.first === lease
        }
        if isFirst { clock.ring() }
    }

    /// Removes an owner with everything that it has. When it returns, all of that has gone.
    ///
    /// - Throws: ENODEV where it was released before, or has run out.
    public func release(_ lease: Lease) throws(Failure) {
        let now = clock.now
        try state.withLock { state throws(Failure) in
            try Self.require(lease, in: state, at: now)
            state.remove(lease)
            state.statistics.released += 1
        }
        lease.owner.release()
    }

    private static func require(_ lease: Lease, in state: State, at now: UInt64) throws(Failure) {
        guard state.byName[lease.owner.name] === lease, lease.end > now else {
            throw Failure(.operationNotSupportedByDevice, "the owner is gone")
        }
    }

    private static func end(of seconds: UInt64?, from now: UInt64) -> UInt64 {
        seconds.map { now &+ $0 * 1_000_000_000 } ?? .max
    }

    private static func check(_ seconds: UInt64?) throws(Failure) {
        guard let seconds, !secondsBounds.contains(seconds) else { return }
        let bounds = "\(secondsBounds.lowerBound) to \(secondsBounds.upperBound)"
        throw Failure(.outOfRange, "a ttl is \(bounds) seconds, not \(seconds)", subject: .content)
    }

    private static func check(_ name: String) throws(Failure) {
        let bytes = name.utf8
        if bytes.count > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
        guard !bytes.isEmpty, name != ".", name != "..", !bytes.contains(0x2F), !bytes.contains(0) else {
            throw Failure(
                .invalidArgument, "an owner's name is not empty, . or .., and holds no / and no NUL", subject: .content)
        }
    }

    // MARK: leases that run out

    /// Has the clock call from the first lease on. Under the lock, once.
    private func startTicking(_ state: inout State) throws(Failure) {
        if state.isTicking { return }
        do throws(Errno) {
            try clock.start { [weak self] in self?.expire() }
        } catch {
            throw Failure(.noMemory, "the system has no thread to watch leases: \(error)")
        }
        state.isTicking = true
    }

    /// Ends what has run out.
    ///
    /// - Returns: when the next does; nil for never.
    @discardableResult
    private func expire() -> UInt64? {
        while true {
            let now = clock.now
            let (late, next) = state.withLock { state -> (Lease?, UInt64?) in
                guard let first = state.heap.first else { return (nil, nil) }
                guard first.end <= now else { return (nil, first.end) }
                state.remove(first)
                state.statistics.expired += 1
                return (first, nil)
            }
            guard let late else { return next }
            late.owner.release()
        }
    }

    /// Traps where names, heap and leases disagree; does nothing in a release build.
    public func checkInvariants() {
        let all = state.withLock { state in
            #if DEBUG
                state.heap.checkInvariants()
                for (name, lease) in state.byName {
                    precondition(lease.owner.name == name, "an owner is found by its name")
                    precondition((lease.place < 0) == (lease.end == .max), "a lease with an end is in the heap")
                }
                let ending = state.byName.values.count { $0.end != .max }
                precondition(ending == state.heap.count, "the heap holds each lease once")
            #endif
            return Array(state.byName.values)
        }
        for lease in all { lease.owner.checkInvariants() }
    }
}

extension Owners.State {
    fileprivate mutating func remove(_ lease: Lease) {
        heap.remove(lease)
        byName[lease.owner.name] = nil
        sorted = nil
    }
}
