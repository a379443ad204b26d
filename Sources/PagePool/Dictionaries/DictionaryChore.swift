internal import Bytes
internal import Locking
internal import SystemPackage

/// What a pool does about its dictionaries behind its clients' backs: trains, adopts, packs again what would be smaller or
/// holds an old one back, and lets go of those that no page has any more.
final class DictionaryChore: PoolChore, @unchecked Sendable {
    // Sendable: the fields are used within steps, by one thread at a time; the pool's is under a lock.

    /// Until sets are given back that somebody still packs with, in nanoseconds.
    private static let pause: UInt64 = 50_000_000

    /// So often it is tried to find room for what was trained, where pages go to the backing store.
    private static let triesMax = 200

    private struct WeakPool {
        weak var pool: PagePool?
    }

    private let pool = Locked(WeakPool())
    private var training: DictionaryTraining?
    /// How often there was no room for what it came to.
    private var triesInVain = 0
    private var sweep: PageSweep?
    /// Whether dictionaries that are left over were looked at since something changed.
    private var hasLooked = false

    /// Says whose chore it is. Called once, before the first step.
    func attach(to pool: PagePool) { self.pool.withLock { $0.pool = pool } }

    /// Forgets what was under way. Called when there are no steps any more.
    func drop() {
        training = nil
        sweep = nil
    }

    func step() -> ChoreStep {
        guard let pool = pool.withLock({ $0.pool }), !pool.isDead else {
            drop()
            return .done
        }
        if let training { return step(training, pool) }
        if pool.dictionaries.hasSample { return begin(pool) }
        if sweep != nil { return sweepOn(pool) }
        return tidy(pool)
    }

    // MARK: training

    private func begin(_ pool: PagePool) -> ChoreStep {
        guard let sample = pool.dictionaries.takeSample() else { return .more }
        let statistics = pool.statistics
        training = DictionaryTraining(
            sample, level: pool.level, pagesStored: statistics.pagesStored - statistics.pagesSame,
            pool.dictionaries.plan, memory: pool.memory)
        return .more
    }

    private func step(_ training: DictionaryTraining, _ pool: PagePool) -> ChoreStep {
        let current = training.current
        if pool.dictionaries.current !== current {
            // Turned off, or reset.
            self.training = nil
            triesInVain = 0
            pool.dictionaries.abandonTraining()
            return .more
        }
        do throws(Errno) {
            let workspace = try pool.workspaces.take()
            defer { pool.workspaces.giveBack(workspace) }
            if !training.isComplete, try training.step(pool.workspaces.codec, workspace.contexts) { return .more }
            let outcome = try training.outcome(workspace.contexts)
            var trial = outcome.trial
            if trial.isAdopted {
                do throws(Errno) {
                    trial.isAdopted = try pool.adopt(outcome, instead: current, level: training.level)
                } catch {
                    guard error == .noSpace, pool.hasRoomForSample, triesInVain < Self.triesMax else { throw error }
                    triesInVain += 1
                    return .after(nanoseconds: Self.pause)
                }
                if trial.isAdopted { beginSweep(of: training.policy) }
            } else if let current, !current.isEmpty, try !training.stillServes(current, workspace.contexts) {
                _ = pool.dictionaries.replace(current, with: DictionarySet(level: training.level))
            }
            pool.dictionaries.endTraining(trial)
        } catch {
            pool.dictionaries.endTraining(nil)
        }
        self.training = nil
        triesInVain = 0
        hasLooked = false
        return .more
    }

    /// Pages that were there before the first dictionary get one, where bytes are what is wanted.
    private func beginSweep(of policy: DictionaryPolicy) {
        if policy == .speed { return }
        sweep = PageSweep(.smaller) { entry in entry.dictionary == 0 && entry.isInMemory && entry.kind != .same }
    }

    // MARK: packing anew

    private func sweepOn(_ pool: PagePool) -> ChoreStep {
        let borrowed = pool.dictionaries.borrow()
        defer { borrowed?.giveBack() }
        let start = Bell.now
        let isOver = sweep?.step(pool, borrowed ?? DictionarySet(level: pool.level), level: pool.level) ?? true
        if isOver { sweep = nil }
        return .after(
            nanoseconds: PageSweep.rest(after: Bell.now &- start, cpuPercent: pool.dictionaries.plan.cpuPercent))
    }

    // MARK: those that are left over

    private func tidy(_ pool: PagePool) -> ChoreStep {
        let plan = pool.dictionaries.plan
        pool.remakeSet()
        let (retired, isWaiting) = pool.dictionaries.retired()
        let pages = pool.pagesOfDictionaries()
        for dictionary in retired where pages[Int(dictionary.number)] == 0 { pool.letGo(dictionary) }
        if !hasLooked {
            hasLooked = true
            let surplus = retired.count - plan.countMax
            let left = Set(
                retired.enumerated().filter { place, dictionary in
                    let count = pages[Int(dictionary.number)]
                    return count > 0 && (Int(count) < plan.leftoversMax || place < surplus)
                }.map(\.element.number))
            if !left.isEmpty {
                sweep = PageSweep(.anyway) { $0.isInMemory && left.contains($0.dictionary) }
                return .more
            }
        }
        // What is still being packed with a retired set may leave some more.
        hasLooked = false
        return isWaiting ? .after(nanoseconds: Self.pause) : .done
    }
}
