internal import Synchronization

/// Which events are enabled in an instance: a bit an event id, read by writers without a lock.
///
/// Changed under the instance's lock only. Ids beyond ``capacity`` are never in it: an event that does not fit gets a
/// larger mask.
@safe final class EventMask: @unchecked Sendable {
    // Sendable: the words are atomics, at an address that does not change while the object lives.

    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    /// An empty mask.
    ///
    /// - Parameter capacity: ids from 0 that it can hold, rounded up to 64.
    init(capacity: Int) {
        wordCount = (capacity + 63) / 64
        unsafe words = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: wordCount)
        for index in 0..<wordCount { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe words.deinitialize(count: wordCount)
        unsafe words.deallocate()
    }

    /// Ids from 0 that it can hold.
    var capacity: Int { wordCount * 64 }

    /// 64 bits of it, 0 beyond the end.
    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        index < wordCount ? unsafe words[index].load(ordering: .relaxed) : 0
    }

    /// Whether an event is in it: one relaxed load.
    @inline(__always)
    func contains(_ id: UInt16) -> Bool { word(Int(id >> 6)) & (1 << UInt64(id & 63)) != 0 }

    /// Adds an event. Only one thread changes a mask at a time, so a load and a store do, where a locked instruction
    /// would be half of what enabling an event costs.
    func insert(_ id: UInt16) {
        formUnion(1 << UInt64(id & 63), at: Int(id >> 6))
    }

    /// Adds those of 64 events whose bits are set.
    func formUnion(_ bits: UInt64, at place: Int) {
        if bits == 0 { return }
        precondition(place < wordCount, "the mask is too small")
        unsafe words[place].store(words[place].load(ordering: .relaxed) | bits, ordering: .relaxed)
    }

    /// Takes those of 64 events out whose bits are set.
    func subtract(_ bits: UInt64, at place: Int) {
        guard place < wordCount else { return }
        unsafe words[place].store(words[place].load(ordering: .relaxed) & ~bits, ordering: .relaxed)
    }

    /// Adds all of another mask.
    func formUnion(_ other: EventMask) {
        for index in 0..<min(wordCount, other.wordCount) {
            unsafe _ = words[index].bitwiseOr(other.word(index), ordering: .relaxed)
        }
    }

    /// How many of a set are in it.
    func count(in set: EventIDSet) -> Int {
        var sum = 0
        for (index, word) in set.words.enumerated() {
            sum += (self.word(set.firstWord + index) & word).nonzeroBitCount
        }
        return sum
    }
}
