internal import Bytes

/// The events of one directory below `events/`, as they were at one moment.
///
/// Immutable: another set of events is another object. Any thread.
public final class EventSystem: Sendable, Named {
    /// The directory's name.
    public let name: String
    /// Its events, sorted by name.
    public let events: [TraceEvent]
    /// What stays the same while events come and go.
    public let directory: EventDirectory
    private let table: NameTable<TraceEvent>
    /// The ids of those that can be enabled.
    let mask: EventIDSet

    init(name: String, events: [TraceEvent], directory: EventDirectory? = nil) {
        self.name = name
        self.directory = directory ?? EventDirectory(name: name)
        var table = NameTable<TraceEvent>(seed: 0)
        for event in events { _ = table.insert(event) }
        precondition(table.count == events.count, "two events of one name")
        self.table = table
        self.events = table.sorted
        mask = EventIDSet(events)
    }

    /// Bytes of the tables by name and in order.
    var tableBytes: Int { table.heldBytes + HeapBlock.bytes(of: events) + HeapBlock.bytes(of: mask.words) }

    /// The event of a name, which may be any bytes; about 20 ns.
    public func event(named name: Span<UInt8>) -> TraceEvent? { table[name] }
}

/// A set of event ids as bits, from the first word in which there are any.
struct EventIDSet: Sendable {
    /// Where `words` begin: bit 0 of the first is id `firstWord * 64`.
    let firstWord: Int
    /// 64 ids a word.
    let words: [UInt64]
    /// How many ids are in it.
    let count: Int
    /// The highest of them; nil where there is none.
    var highest: UInt16? {
        words.last.map { UInt16((firstWord + words.count) * 64 - 1 - $0.leadingZeroBitCount) }
    }

    /// Whether an id is in it.
    func contains(_ id: UInt16) -> Bool {
        let index = Int(id) / 64 - firstWord
        return words.indices.contains(index) && words[index] & (1 << UInt64(id % 64)) != 0
    }

    /// The set without some ids, of which each is in it once.
    func subtracting(_ ids: [UInt16]) -> EventIDSet {
        if ids.isEmpty { return self }
        var left = words
        for id in ids { left[Int(id) / 64 - firstWord] &= ~(1 << UInt64(id % 64)) }
        return EventIDSet(firstWord: firstWord, words: left, count: count - ids.count)
    }

    /// The set without what a mask has.
    func subtracting(_ mask: EventMask) -> EventIDSet {
        var left = words
        for index in left.indices { left[index] &= ~mask.word(firstWord + index) }
        return EventIDSet(firstWord: firstWord, words: left, count: left.reduce(0) { $0 + $1.nonzeroBitCount })
    }

    /// The ids that are in either.
    func union(_ other: EventIDSet) -> EventIDSet {
        if other.words.isEmpty { return self }
        if words.isEmpty { return other }
        let first = min(firstWord, other.firstWord)
        let end = max(firstWord + words.count, other.firstWord + other.words.count)
        var both = [UInt64](repeating: 0, count: end - first)
        for set in [self, other] {
            for (index, word) in set.words.enumerated() { both[set.firstWord - first + index] |= word }
        }
        return EventIDSet(firstWord: first, words: both, count: both.reduce(0) { $0 + $1.nonzeroBitCount })
    }

    /// The ids that are in both.
    func ids(in other: EventIDSet) -> [UInt16] {
        var ids: [UInt16] = []
        for (index, word) in other.words.enumerated() {
            let place = other.firstWord + index - firstWord
            var both = words.indices.contains(place) ? words[place] & word : 0
            while both != 0 {
                ids.append(UInt16(truncatingIfNeeded: (other.firstWord + index) * 64 + both.trailingZeroBitCount))
                both &= both - 1
            }
        }
        return ids
    }

    private init(firstWord: Int, words: [UInt64], count: Int) {
        self.firstWord = firstWord
        self.words = words
        self.count = count
    }

    /// The ids of those events that can be enabled.
    init(_ events: [TraceEvent]) {
        var lowest = Int.max
        var highest = 0
        var count = 0
        for event in events where event.isEnableable {
            lowest = min(lowest, Int(event.id) / 64)
            highest = max(highest, Int(event.id) / 64)
            count += 1
        }
        self.count = count
        guard count > 0 else {
            firstWord = 0
            words = []
            return
        }
        firstWord = lowest
        var words = [UInt64](repeating: 0, count: highest - lowest + 1)
        for event in events where event.isEnableable {
            words[Int(event.id) / 64 - lowest] |= 1 << (UInt64(event.id) % 64)
        }
        self.words = words
    }
}
