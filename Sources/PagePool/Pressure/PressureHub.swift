internal import Locking

/// Who tells the pools of a process that memory is scarce: one source, listened to from the first pool on that wants it.
final class PressureHub: Sendable {
    private struct Member {
        weak var keeper: LimitKeeper?
    }

    private struct State {
        var members: [Member] = []
        /// Whether the source tells; nil before it was asked.
        var tells: Bool?
    }

    let source: any MemorySource
    let pace: LimitKeeper.Pace
    private let report: @Sendable (String) -> Void
    private let state = Locked(State())

    init(_ source: any MemorySource, pace: LimitKeeper.Pace, report: @escaping @Sendable (String) -> Void) {
        self.source = source
        self.pace = pace
        self.report = report
    }

    /// Makes what keeps a pool's limit.
    func makeKeeper() -> LimitKeeper {
        let keeper = LimitKeeper(source, pace: pace)
        state.withLock { state in
            state.members.removeAll { $0.keeper == nil }
            state.members.append(Member(keeper: keeper))
        }
        return keeper
    }

    /// Listens, if nobody did.
    ///
    /// - Returns: whether the source tells.
    func listen() -> Bool {
        // Asked under the lock, so that it is asked once; what it tells takes the lock on a thread of its own.
        let (tells, isNew) = state.withLock { state in
            if let tells = state.tells { return (tells, false) }
            let tells = source.listen { [weak self] reason in self?.press(reason) }
            state.tells = tells
            return (tells, true)
        }
        if isNew, !tells {
            report("there is no pressure stall information: mem_limit=auto goes by what is available as pools grow")
        }
        return tells
    }

    private func press(_ reason: String) {
        for keeper in state.withLock({ $0.members.compactMap(\.keeper) }) { keeper.press(reason) }
    }
}
