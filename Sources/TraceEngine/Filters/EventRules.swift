/// What an instance asks of the records of some of its events, as writers see it.
///
/// Immutable: a change makes another. A bit an event id says whether there is a rule, and how many bits are set before
/// it says which, so that an instance with one filter among 2,300 events keeps 400 bytes, and a look-up is two loads.
@safe final class EventRules: @unchecked Sendable {
    // Sendable: everything in it is immutable; the borrowed filters are kept by the owned ones.

    private let words: [UInt64]
    /// How many bits are set in the words before each.
    private let ranks: [Int32]
    /// Keeps the filters that ``filters`` borrows.
    private let owned: [Filter]
    /// One a set bit, without ownership: a reference taken and given back would cost more than most filters.
    private let filters: [Unmanaged<Filter>]
    private let tasks: SavedTasks

    /// The rules of an instance; nil where there are none.
    ///
    /// - Parameters:
    ///   - filters: by event id.
    ///   - tasks: who knows the names of tasks.
    init?(_ filters: [UInt16: Filter], tasks: SavedTasks) {
        guard let highest = filters.keys.max() else { return nil }
        var words = [UInt64](repeating: 0, count: Int(highest) / 64 + 1)
        for id in filters.keys { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
        var sum: Int32 = 0
        ranks = words.map { word in
            defer { sum += Int32(word.nonzeroBitCount) }
            return sum
        }
        self.words = words
        owned = filters.sorted { $0.key < $1.key }.map(\.value)
        unsafe self.filters = owned.map { unsafe Unmanaged.passUnretained($0) }
        self.tasks = tasks
    }

    /// Whether a record is to be written.
    ///
    /// - Parameters:
    ///   - event: its event.
    ///   - pid: its task.
    ///   - payload: its bytes, of which the first eight need not be filled.
    ///   - cpu: its CPU.
    /// - Returns: whether it passes its event's filter, or there is none.
    @inline(never)
    func admit(_ event: UInt16, pid: Int32, payload: Span<UInt8>, cpu: Int) -> Bool {
        let place = Int(event / 64)
        let bit: UInt64 = 1 << UInt64(event % 64)
        guard place < words.count, words[place] & bit != 0 else { return true }
        let index = Int(ranks[place]) + (words[place] & (bit - 1)).nonzeroBitCount
        let common = CommonHeader.of(event, pid: pid)
        return unsafe filters[index]._withUnsafeGuaranteedRef { filter in
            // The table's lock is a leaf, and may be taken under the lane's.
            let comm = filter.asksComm ? FilterSubject.words(of: tasks.comm(forPID: pid)) : (0, 0)
            return filter.matches(FilterSubject(payload, common: common, cpu: cpu, comm: comm))
        }
    }
}
