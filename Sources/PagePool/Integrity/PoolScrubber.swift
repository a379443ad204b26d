internal import Bytes
internal import Glibc
internal import Locking
internal import SystemPackage

/// Reads every page of a pool in the background, to find damage before somebody needs the page.
///
/// A pass works for some milliseconds and sleeps three times as long: a quarter of a CPU at most, beside whoever
/// uses the pool. It holds a lock only while one object is copied. What comes while it goes on may be looked at or not.
final class PoolScrubber: PoolChore {
    private struct State {
        weak var pool: PagePool?
        var report = ScrubReport()
        /// How many passes were begun: who works on one that was stopped is not taken for the next.
        var pass: UInt64 = 0
        /// The first page that was not looked at.
        var position: UInt64 = 0
    }

    private let state = Locked(State())
    private static let workNanoseconds: UInt64 = 2_000_000
    private static let restNanoseconds: UInt64 = 6_000_000

    /// Says whose pages are looked at. Once, before anything else.
    func attach(to pool: PagePool) { state.withLock { $0.pool = pool } }

    /// How far it is.
    var report: ScrubReport { state.withLock { $0.report } }

    /// Notes that a pass begins; it is up to the caller to ask for it.
    ///
    /// - Throws: EBUSY where one is under way.
    func begin(pages: UInt64) throws(Errno) {
        let now = Int64(time(nil))
        try state.withLock { state throws(Errno) in
            if state.report.state == .running { throw .resourceBusy }
            state.pass += 1
            state.position = 0
            state.report.state = .running
            state.report.pagesChecked = 0
            state.report.pagesTotal = pages
            state.report.pagesDamaged = 0
            state.report.damaged = []
            state.report.beganAt = now
            state.report.endedAt = 0
        }
    }

    /// Ends a pass that is under way before its time.
    func end() { end(.stopped) }

    /// Ends a pass.
    ///
    /// - Parameters:
    ///   - how: what became of it.
    ///   - pass: which; nil for the one that is under way.
    private func end(_ how: ScrubReport.State, pass: UInt64? = nil) {
        let now = Int64(time(nil))
        state.withLock { state in
            guard state.report.state == .running, pass ?? state.pass == state.pass else { return }
            state.report.state = how
            state.report.endedAt = now
            if how == .done { state.report.passes += 1 }
        }
    }

    // MARK: the pool's thread

    func step() -> ChoreStep {
        let (pool, pass, start, goesOn) = state.withLock {
            ($0.pool, $0.pass, $0.position, $0.report.state == .running)
        }
        guard goesOn, let pool, let workspace = try? pool.workspaces.take() else {
            end(.stopped, pass: pass)
            return .done
        }
        defer { pool.workspaces.giveBack(workspace) }
        var object = ByteBuffer(capacity: PagePool.pageBytes + 128)
        var scratch = ByteBuffer(capacity: PagePool.pageBytes)
        let deadline = Bell.now + Self.workNanoseconds
        var position = start
        repeat {
            guard let page = pool.nextObject(from: position) else {
                end(.done, pass: pass)
                return .done
            }
            var isDamaged = false
            do throws(Errno) {
                _ = try pool.soundObject(of: page, into: &object, &scratch, workspace)
            } catch {
                isDamaged = error == .badMessage || error == .ioError
                if !isDamaged {
                    end(.stopped, pass: pass)
                    return .done
                }
            }
            position = page + 1
            if !note(page, isDamaged: isDamaged, pass) { return .done }
        } while Bell.now < deadline
        return .after(nanoseconds: Self.restNanoseconds)
    }

    /// - Returns: whether to go on.
    private func note(_ page: UInt64, isDamaged: Bool, _ pass: UInt64) -> Bool {
        state.withLock { state in
            guard state.pass == pass else { return false }
            state.position = page + 1
            state.report.pagesChecked += 1
            state.report.pagesCheckedEver += 1
            if isDamaged {
                state.report.pagesDamaged += 1
                if state.report.damaged.count < ScrubReport.listedMax { state.report.damaged.append(page) }
            }
            return state.report.state == .running
        }
    }
}
