internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage

/// A pool's dictionaries: which there are, with which pages are compressed now, and what is sampled for the next.
///
/// Its lock is taken under no other, and only that of ``HeldPages`` under it. Numbers are given and taken back by
/// ``PagePool``, which tells the shards.
final class PoolDictionaries: Sendable {
    /// The most there may be: what an entry has bits for.
    static let countMax = 255

    fileprivate struct State: ~Copyable, Sendable {
        var policy = DictionaryPolicy.off
        /// By number; the first place stays empty.
        var live = [LiveDictionary?](repeating: nil, count: PoolDictionaries.countMax + 1)
        var lastNumber: UInt8 = 0
        var sequence: UInt64 = 0
        /// With what pages are compressed; nil where the policy is off.
        var current: DictionarySet?
        /// What was current, or serves some work, and may still be borrowed.
        var others: [DictionarySet] = []
        var sample: PageSample
        /// Pages held for a training under way.
        var trainingPages = 0
        var dice = Dice(seed: 0x6A69_7466)
        var trainings: UInt64 = 0
        var failures: UInt64 = 0
        var trial: DictionaryReport.Trial?
        var isClosed = false

        init(_ plan: DictionaryPlan, memory: any PageMemory) { sample = PageSample(plan, memory: memory) }
    }

    /// By which numbers.
    let plan: DictionaryPlan

    private let held: HeldPages
    private let state: Locked<State>
    private let on = Atomic<Bool>(false)

    init(_ plan: DictionaryPlan, held: HeldPages, memory: any PageMemory) {
        self.plan = plan
        self.held = held
        state = Locked(State(plan, memory: memory))
    }

    /// Whether there may be any for pages that come: one relaxed load.
    @inline(__always)
    var isOn: Bool { on.load(ordering: .relaxed) }

    // MARK: what every put asks

    /// Borrows the current set, to be given back when what it packed is stored; nil where dictionaries are off.
    @inline(__always)
    func borrow() -> DictionarySet? { isOn ? borrowCurrent() : nil }

    private func borrowCurrent() -> DictionarySet? {
        state.withLock { state in
            state.current?.borrowers.add(1, ordering: .relaxed)
            return state.current
        }
    }

    /// Looks at a page that was packed.
    ///
    /// - Returns: after how many more pages the next is to be looked at, and whether there may be something to do.
    func look(_ page: Span<UInt8>, storedBytes: Int, isPatient: Bool) -> (pause: Int, asks: Bool) {
        state.withLock { state in
            let pause = state.dice.below(plan.every * 2 - 1)
            guard state.policy != .off, !state.isClosed else { return (pause, false) }
            return (pause, state.sample.look(page, storedBytes: storedBytes, isPatient: isPatient, held))
        }
    }

    /// Lets an unfinished sample go, where the memory is needed for pages.
    func giveUpSample() {
        if !isOn { return }
        let pages = state.withLock { $0.sample.giveUp() }
        held.settle(by: -pages, isApart: true)
    }

    // MARK: settings

    var policy: DictionaryPolicy { state.withLock { $0.policy } }

    /// Chooses another policy: what was learned stays in use unless it is off; a sample is begun anew.
    ///
    /// - Parameters:
    ///   - policy: the new one.
    ///   - level: of the pool.
    func setPolicy(_ policy: DictionaryPolicy, level: Int) {
        state.withLock { state in
            if state.isClosed || state.policy == policy { return }
            state.policy = policy
            held.settle(by: -(state.sample.beginAtOnce()), isApart: true)
            if policy == .off {
                state.replaceCurrent(nil)
            } else if state.current == nil {
                state.current = DictionarySet(level: level)
            }
            on.store(policy != .off, ordering: .relaxed)
        }
    }

    /// Forgets what was learned, for the pages that it was learned from are gone.
    func restart(level: Int) {
        state.withLock { state in
            if state.isClosed { return }
            held.settle(by: -(state.sample.beginAtOnce()), isApart: true)
            if state.policy != .off { state.replaceCurrent(DictionarySet(level: level)) }
            state.trainings = 0
            state.failures = 0
            state.trial = nil
        }
    }

    /// Lets everything go; nothing is admitted afterwards.
    func close() {
        state.withLock { state in
            state.isClosed = true
            on.store(false, ordering: .relaxed)
            state.replaceCurrent(nil)
            var pages = state.sample.beginAtOnce() + state.trainingPages
            state.trainingPages = 0
            for set in state.others { pages += set.heldPages }
            state.others = []
            for dictionary in state.live { pages += dictionary?.heldPages ?? 0 }
            state.live = state.live.map { _ in nil }
            held.settle(by: -pages, isApart: true)
        }
    }

    // MARK: trainings

    /// The sampled pages, where there are enough; ``endTraining(_:)`` comes afterwards.
    func takeSample() -> TakenSample? {
        state.withLock { state in
            guard state.sample.isFull, state.policy != .off else { return nil }
            state.trainingPages += state.sample.count
            let dice = Dice(seed: state.dice.next())
            return TakenSample(pages: state.sample.take(), policy: state.policy, current: state.current, dice: dice)
        }
    }

    /// Lets the pages of a training go that is not wanted any more.
    func abandonTraining() {
        state.withLock { state in
            held.settle(by: -state.trainingPages, isApart: true)
            state.trainingPages = 0
        }
    }

    /// Whether a training can begin.
    var hasSample: Bool { state.withLock { $0.sample.isFull && $0.policy != .off } }

    /// Lets the pages of a training go, and keeps what it found.
    ///
    /// - Parameter trial: nil where it failed.
    func endTraining(_ trial: DictionaryReport.Trial?) {
        state.withLock { state in
            held.settle(by: -state.trainingPages, isApart: true)
            state.trainingPages = 0
            state.trainings += 1
            if let trial { state.trial = trial } else { state.failures += 1 }
        }
    }

    // MARK: numbers

    /// Gives a dictionary a number and holds its memory.
    ///
    /// - Parameters:
    ///   - kind: how its content is taken.
    ///   - contexts: the codec's.
    ///   - isKept: whether it stays without pages until ``LiveDictionary/keepers`` are none.
    /// - Returns: the dictionary.
    /// - Throws: ENOSPC over the limit; ENFILE where all numbers are taken; ENODEV after ``close()``.
    func admit(
        _ kind: PageDictionaryKind, _ contexts: any PageDictionary, isKept: Bool
    ) throws(Errno) -> LiveDictionary {
        try state.withLock { state throws(Errno) in
            if state.isClosed { throw .operationNotSupportedByDevice }
            var number = state.lastNumber
            repeat {
                number = number == 255 ? 1 : number + 1
                if state.live[Int(number)] == nil { break }
                if number == state.lastNumber || state.lastNumber == 0 && number == 255 {
                    throw .tooManyOpenFilesInSystem
                }
            } while true
            guard held.reserve(LiveDictionary.pages(of: contexts), isApart: true) else { throw .noSpace }
            let dictionary = LiveDictionary(
                number: number, sequence: state.sequence, kind: kind, contexts: contexts)
            if isKept { dictionary.keepers.add(1, ordering: .relaxed) }
            state.sequence += 1
            state.lastNumber = number
            state.live[Int(number)] = dictionary
            return dictionary
        }
    }

    /// Takes a number back; no entry has it any more, and none can get it.
    func forget(_ dictionary: LiveDictionary) {
        state.withLock { state in
            guard state.live[Int(dictionary.number)] === dictionary else { return }
            state.live[Int(dictionary.number)] = nil
            held.settle(by: -dictionary.heldPages, isApart: true)
        }
    }

    /// All there are, in the order of their numbers.
    var all: [LiveDictionary] { state.withLock { $0.live.compactMap(\.self) } }

    /// Those with which nothing will be compressed any more, the oldest first; those that still may be through a set that is
    /// borrowed are not among them.
    ///
    /// - Returns: them, and whether there are sets left to be given back.
    func retired() -> (dictionaries: [LiveDictionary], isWaiting: Bool) {
        state.withLock { state in
            // Asked once each: one that is given back in between is left to the next time.
            state.others.removeAll { set in
                guard set.borrowers.load(ordering: .acquiring) == 0 else { return false }
                held.settle(by: -set.heldPages, isApart: true)
                return true
            }
            let inUse = state.others + [state.current].compactMap(\.self)
            let retired = state.live.compactMap(\.self).filter { dictionary in
                dictionary.keepers.load(ordering: .acquiring) == 0 && !inUse.contains { $0.contains(dictionary) }
            }
            return (retired.sorted { $0.sequence < $1.sequence }, !state.others.isEmpty)
        }
    }

    // MARK: sets

    /// The set with which pages are compressed now.
    var current: DictionarySet? { state.withLock { $0.current } }

    /// Compresses with another set from now on, unless dictionaries were turned off meanwhile, or `old` is not current.
    ///
    /// - Returns: whether it is so; the memory of the set's own contexts is held then.
    func replace(_ old: DictionarySet?, with set: DictionarySet) -> Bool {
        state.withLock { state in
            guard state.policy != .off, !state.isClosed, state.current === old else { return false }
            guard held.reserve(set.heldPages, isApart: true) else { return false }
            state.replaceCurrent(set)
            return true
        }
    }

    /// Makes a set that serves some work known, as borrowed once; its dictionaries stay until it is given back.
    ///
    /// - Returns: false where there is no memory for its own contexts.
    func lend(_ set: DictionarySet) -> Bool {
        state.withLock { state in
            guard !state.isClosed, held.reserve(set.heldPages, isApart: true) else { return false }
            set.borrowers.add(1, ordering: .relaxed)
            state.others.append(set)
            return true
        }
    }

    // MARK: telling

    /// How many dictionaries there are, and how many trainings there were.
    var counts: (dictionaries: UInt64, trainings: UInt64) {
        state.withLock { state in (UInt64(state.live.count { $0 != nil }), state.trainings) }
    }

    /// What there is to tell but for how many pages have which.
    var report: DictionaryReport {
        state.withLock { state in
            var report = DictionaryReport(
                policy: state.policy, pagesSampled: state.sample.count, dictionaries: [], trainings: state.trainings,
                failures: state.failures, trial: state.trial)
            for case let dictionary? in state.live {
                report.dictionaries.append(
                    DictionaryReport.Use(
                        number: dictionary.number, kind: dictionary.kind,
                        contentBytes: dictionary.contexts.content.count,
                        heldBytes: dictionary.heldPages * PagePool.pageBytes, pages: 0,
                        isCurrent: state.current?.contains(dictionary) ?? false))
            }
            return report
        }
    }
}

extension PoolDictionaries.State {
    fileprivate mutating func replaceCurrent(_ set: DictionarySet?) {
        if let current { others.append(current) }
        current = set
    }
}
