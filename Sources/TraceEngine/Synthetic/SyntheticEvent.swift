internal import Locking
internal import Synchronization

/// An event that histograms record: what `synthetic_events` lists.
///
/// Immutable but for how many actions use it. Any thread.
final class SyntheticEvent: Sendable {
    let definition: SyntheticDefinition
    let event: TraceEvent
    /// How many actions record it; -1 when it is removed.
    private let uses = Atomic<Int>(0)
    /// Whether it is about to be removed, whoever uses it yet.
    private let closing = Atomic<Bool>(false)

    init(_ definition: SyntheticDefinition, _ event: TraceEvent) {
        self.definition = definition
        self.event = event
    }

    var fields: [SyntheticField] { definition.fields }

    /// Uses it, so that it cannot be removed.
    ///
    /// - Returns: false where it was removed.
    func retain() -> Bool {
        var seen = uses.load(ordering: .relaxed)
        while seen >= 0, !isClosing {
            let (done, now) = uses.weakCompareExchange(expected: seen, desired: seen + 1, ordering: .relaxed)
            if done { return true }
            seen = now
        }
        return false
    }

    /// Whether nobody may use it who does not yet.
    var isClosing: Bool {
        get { closing.load(ordering: .acquiring) }
        set { closing.store(newValue, ordering: .releasing) }
    }

    /// Gives a ``retain()`` back.
    func release() { uses.wrappingSubtract(1, ordering: .relaxed) }

    /// Makes it unusable.
    ///
    /// - Returns: false while it is used.
    func close() -> Bool { uses.compareExchange(expected: 0, desired: -1, ordering: .relaxed).exchanged }

    /// Takes a ``close()`` back.
    func reopen() { uses.store(0, ordering: .relaxed) }

    /// Whether an action records it.
    var isUsed: Bool { uses.load(ordering: .relaxed) > 0 }

    // MARK: records

    /// A record with nothing in it.
    func emptyRecord() -> [UInt8] { [UInt8](repeating: 0, count: definition.fixedSize) }

    /// Stores a number.
    func store(_ value: UInt64, field index: Int, in record: inout [UInt8]) {
        let field = fields[index]
        for byte in 0..<min(field.size, 8) {
            record[field.offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))
        }
    }

    /// Stores text without its NUL, behind everything where the field is dynamic.
    func store(_ text: [UInt8], field index: Int, in record: inout [UInt8]) {
        let field = fields[index]
        guard field.isDynamic else {
            for (place, byte) in text.prefix(HistogramLimit.textBytes - 1).enumerated() {
                record[field.offset + place] = byte
            }
            return
        }
        let descriptor = UInt64(record.count) | UInt64(text.count + 1) << 16
        for byte in 0..<4 { record[field.offset + byte] = UInt8(truncatingIfNeeded: descriptor >> UInt64(byte * 8)) }
        record += text
        record.append(0)
    }
}

/// The synthetic events of an engine. Any thread.
///
/// Changes are made one at a time, under a lock that comes before all of the engine's; the one of the list is a leaf.
final class SyntheticEvents: Sendable {
    let changes = Locked(())
    private let list = Locked<[SyntheticEvent]>([])

    /// All, in the order in which they came.
    var all: [SyntheticEvent] { list.withLock { $0 } }

    /// The event of a name.
    func event(named name: String) -> SyntheticEvent? { list.withLock { $0.first { $0.definition.name == name } } }

    func append(_ event: SyntheticEvent) { list.withLock { $0.append(event) } }

    func remove(_ event: SyntheticEvent) { list.withLock { $0.removeAll { $0 === event } } }

    /// Checks that names are taken once and events live; nobody may be changing them.
    func checkInvariants() {
        let all = all
        precondition(Set(all.map(\.definition.name)).count == all.count, "two synthetic events of one name")
        for event in all {
            precondition(!event.event.isDead && event.event.name == event.definition.name, "a synthetic event is gone")
        }
    }
}
