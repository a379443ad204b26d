internal import Locking
internal import Synchronization

/// Who looks again when something changed: the one point at which changes are told, for `?watch`.
///
/// A change costs one load while nobody watches, and the same few steps however many do: it marks what it may concern, by
/// file system and subject (``ChangeReach``). The lookouts of what is marked are called by one thread, which takes all
/// the marks there are at once: so changes that outrun it are one, and one that comes while it looks has it look again.
///
/// Nothing is lost: who adds a lookout looks after that, and whoever changes something marks after that. Either the look
/// finds the change, or the mark finds the lookout. (What both go through, a lock of the model's or an atomic of it,
/// orders the two.) Any thread; `changed(at:)` may be called under any lock of a model's where it is a thread of its own
/// that looks.
public final class Watchers: Sendable {
    /// Who calls the lookouts.
    public enum Looking: Sendable {
        /// Whoever made the change, before it goes on; under no lock of its own, therefore. For tests and small programs.
        case atOnce
        /// A thread of its own, which there is from the first lookout on. It sleeps without a timer where nothing is marked.
        /// After a long turn it rests three times as long: a storm of changes takes a quarter of a CPU.
        case behind
    }

    /// Where something stands: what marks go by.
    struct Place: Sendable, Hashable {
        /// Which mount; -1 for what is in none.
        let mount: Int
        /// The identity of the subject.
        let subject: UInt64
    }

    /// What a change may concern.
    struct Concern: Sendable {
        let place: Place
        /// The place of the file system's root, which may show something of all.
        let root: Place
        let reach: ChangeReach
    }

    /// The place of a lookout in the list, to be given back to ``remove(_:)``.
    public final class Ticket: @unchecked Sendable {
        // Sendable: the variables are written under the lock of the list.
        fileprivate let lookout: any Lookout
        fileprivate let place: Place
        fileprivate var index = -1
        fileprivate var isMarked = false

        fileprivate init(_ lookout: any Lookout, _ place: Place) {
            self.lookout = lookout
            self.place = place
        }
    }

    private let desk: Desk

    /// Nobody yet.
    ///
    /// - Parameters:
    ///   - looking: who calls the lookouts.
    ///   - mirrors: the mounts whose files show what is others', and so are concerned by every change.
    init(_ looking: Looking, mirrors: [Int]) { desk = Desk(looking, mirrors: mirrors + [-1]) }

    deinit { desk.quit() }

    /// Whether nobody watches: the one load that a change costs then.
    var isIdle: Bool { desk.count.load(ordering: .sequentiallyConsistent) == 0 }

    /// How many lookouts there are.
    public var count: Int { desk.count.load(ordering: .relaxed) }

    /// Adds a lookout; what changed before is to be seen by looking after this.
    func add(_ lookout: any Lookout, at place: Place) -> Ticket {
        let ticket = Ticket(lookout, place)
        desk.add(ticket)
        return ticket
    }

    /// Takes a lookout out; in as many steps however many there are. Once.
    public func remove(_ ticket: Ticket) { desk.remove(ticket) }

    /// Has one lookout called, because what it looks at tells by itself that it may have changed.
    public func mark(_ ticket: Ticket) { desk.mark { $0.mark(ticket) } }

    /// Has everything looked at that a change may concern.
    func changed(_ concern: Concern) { desk.mark { $0.mark(concern) } }

    /// Traps where the list contradicts itself; does nothing in a release build.
    public func checkInvariants() { desk.checkInvariants() }
}

/// What the list and its thread share; it lives until both are gone.
private final class Desk: Sendable {
    private let looking: Watchers.Looking
    private let bell = Bell()
    /// Rung at the end only: what a rest is ended by.
    private let end = Bell()
    private let hasQuit = Atomic<Bool>(false)
    let count = Atomic<Int>(0)
    /// A leaf; nothing is called under it.
    private let state: Locked<LookoutList>

    init(_ looking: Watchers.Looking, mirrors: [Int]) {
        self.looking = looking
        state = Locked(LookoutList(mirrors: mirrors))
    }

    func add(_ ticket: Watchers.Ticket) {
        let startsThread = state.withLock { list in
            list.add(ticket)
            let isFirst = !list.hasThread && looking == .behind
            if isFirst { list.hasThread = true }
            return isFirst
        }
        count.add(1, ordering: .sequentiallyConsistent)
        if startsThread { startThread() }
    }

    func remove(_ ticket: Watchers.Ticket) {
        state.withLock { $0.remove(ticket) }
        count.subtract(1, ordering: .relaxed)
    }

    func mark(_ change: (inout LookoutList) -> Void) {
        let (wakes, hasThread) = state.withLock { list in
            change(&list)
            let wakes = list.hasMarks && !list.isAwake
            if wakes { list.isAwake = true }
            return (wakes, list.hasThread)
        }
        guard wakes else { return }
        if hasThread { bell.ring() } else { lookAtAll(rests: false) }
    }

    /// Where the system gives no thread, whoever makes a change looks.
    private func startThread() {
        do {
            try SystemThread { [self] in
                while true {
                    bell.wait()
                    if hasQuit.load(ordering: .acquiring) { return }
                    lookAtAll(rests: true)
                }
            }.detach()
        } catch {
            let isMarked = state.withLock { list in
                list.hasThread = false
                return list.isAwake
            }
            if isMarked { lookAtAll(rests: false) }
        }
    }

    func quit() {
        hasQuit.store(true, ordering: .releasing)
        bell.ring()
        end.ring()
    }

    /// Calls lookouts until nothing is marked.
    private func lookAtAll(rests: Bool) {
        while !hasQuit.load(ordering: .acquiring) {
            let began = rests ? Bell.now : 0
            let due = state.withLock { $0.take() }
            if due.isEmpty, state.withLock({ $0.fallsAsleep() }) { return }
            for tickets in due { for ticket in tickets { ticket.lookout.lookAgain() } }
            guard rests else { continue }
            let now = Bell.now
            if now - began > Self.longTurn { end.wait(until: now + min((now - began) * 3, Self.restMax)) }
        }
    }

    /// A millisecond: some thousand values.
    private static var longTurn: UInt64 { 1_000_000 }
    private static var restMax: UInt64 { 100_000_000 }

    func checkInvariants() { state.withLock { $0.checkInvariants() } }
}

/// The lookouts by place, and what is marked.
private struct LookoutList: Sendable {
    private let mirrors: [Int]
    private var lookouts: [Watchers.Place: [Watchers.Ticket]] = [:]
    /// How many lookouts a mount has; those that have none are not marked.
    private var counts: [Int: Int] = [:]
    private var markedMounts: Set<Int> = []
    private var markedPlaces: Set<Watchers.Place> = []
    private var markedTickets: [Watchers.Ticket] = []
    var hasThread = false
    /// Whether somebody is looking, or about to.
    var isAwake = false

    init(mirrors: [Int]) { self.mirrors = mirrors }

    var hasMarks: Bool { !(markedMounts.isEmpty && markedPlaces.isEmpty && markedTickets.isEmpty) }

    mutating func add(_ ticket: Watchers.Ticket) {
        ticket.index = lookouts[ticket.place]?.count ?? 0
        lookouts[ticket.place, default: []].append(ticket)
        counts[ticket.place.mount, default: 0] += 1
    }

    mutating func remove(_ ticket: Watchers.Ticket) {
        guard ticket.index >= 0, var others = lookouts.removeValue(forKey: ticket.place) else {
            preconditionFailure("a lookout is removed once")
        }
        let last = others.removeLast()
        if last !== ticket {
            others[ticket.index] = last
            last.index = ticket.index
        }
        ticket.index = -1
        if !others.isEmpty { lookouts[ticket.place] = others }
        let left = (counts[ticket.place.mount] ?? 1) - 1
        counts[ticket.place.mount] = left > 0 ? left : nil
    }

    mutating func mark(_ ticket: Watchers.Ticket) {
        guard ticket.index >= 0, !ticket.isMarked else { return }
        ticket.isMarked = true
        markedTickets.append(ticket)
    }

    mutating func mark(_ concern: Watchers.Concern) {
        let place = concern.place
        switch concern.reach {
        case .everything: markedMounts.formUnion(counts.keys)
        case .fileSystem: if counts[place.mount] != nil { markedMounts.insert(place.mount) }
        case .subject:
            for place in [place, concern.root] where lookouts[place] != nil { markedPlaces.insert(place) }
        }
        for mirror in mirrors where counts[mirror] != nil { markedMounts.insert(mirror) }
    }

    /// Takes the lookouts of what is marked.
    mutating func take() -> [[Watchers.Ticket]] {
        var due: [[Watchers.Ticket]] = []
        if !markedMounts.isEmpty {
            for (place, tickets) in lookouts where markedMounts.contains(place.mount) { due.append(tickets) }
        }
        for place in markedPlaces where !markedMounts.contains(place.mount) {
            if let tickets = lookouts[place] { due.append(tickets) }
        }
        if !markedTickets.isEmpty { due.append(markedTickets) }
        for ticket in markedTickets { ticket.isMarked = false }
        markedMounts.removeAll(keepingCapacity: true)
        markedPlaces.removeAll(keepingCapacity: true)
        markedTickets.removeAll()
        return due
    }

    /// Whether nothing is marked; then whoever marks next wakes somebody.
    mutating func fallsAsleep() -> Bool {
        if !hasMarks { isAwake = false }
        return !isAwake
    }

    func checkInvariants() {
        var sum: [Int: Int] = [:]
        for (place, tickets) in lookouts {
            assert(!tickets.isEmpty)
            for (index, ticket) in tickets.enumerated() { assert(ticket.index == index && ticket.place == place) }
            sum[place.mount, default: 0] += tickets.count
        }
        assert(sum == counts)
        assert(markedTickets.allSatisfy(\.isMarked))
        assert(!hasMarks || isAwake, "nobody looks at what is marked")
    }
}
