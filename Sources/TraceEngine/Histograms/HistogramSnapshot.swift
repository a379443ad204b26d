internal import Locking

/// The action `snapshot()` of a histogram: the instance's buffers are exchanged with the snapshot when a variable exceeds
/// all it has been under any key, or is another than at the last snapshot.
///
/// Any thread. Under the lock nothing but a shard's is taken, and it is given back before buffers are exchanged.
final class HistogramSnapshot: Sendable {
    /// What led to the last snapshot.
    struct Cause: Sendable {
        /// The value of the variable.
        let value: UInt64
        /// The words of the key, and of who made its entry behind them: a row as the histogram has it.
        let row: [UInt64]
    }

    private let snapshot: Snapshot
    private let cause = Locked<Cause?>(nil)

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// What led to the last snapshot; nil where none was taken.
    var last: Cause? { cause.withLock { $0 } }

    /// Takes a snapshot if a value asks for one.
    ///
    /// - Parameters:
    ///   - value: the variable's.
    ///   - isMax: whether it has to be larger, and not only another.
    ///   - row: makes a copy of the entry.
    func take(_ value: UInt64, isMax: Bool, _ row: () -> [UInt64]) {
        let isDue = cause.withLock { cause in
            let kept = cause?.value ?? 0
            if isMax ? value <= kept : value == kept { return false }
            cause = Cause(value: value, row: row())
            return true
        }
        if isDue { snapshot.takeOrStop() }
    }
}
