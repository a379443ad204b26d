internal import Bytes

/// All events as they were at one moment. Immutable; any thread.
public final class CatalogueSnapshot: Sendable {
    /// The systems, sorted by name.
    public let systems: [EventSystem]
    /// The events that can be enabled, in the order of the kernel's list: what `set_event` shows.
    public let eventsInOrder: [TraceEvent]
    /// How often the catalogue has changed: another number, another snapshot.
    public let generation: UInt64

    private let systemTable: NameTable<EventSystem>
    private let byID: [TraceEvent?]
    /// The ids of those that can be enabled.
    let mask: EventIDSet
    /// Those of them that happen in the kernel.
    let kernelMask: EventIDSet

    init(systems table: NameTable<EventSystem>, eventsInOrder: [TraceEvent], byID: [TraceEvent?], generation: UInt64) {
        systemTable = table
        systems = table.sorted
        self.eventsInOrder = eventsInOrder
        self.byID = byID
        self.generation = generation
        mask = EventIDSet(eventsInOrder)
        kernelMask = EventIDSet(eventsInOrder.filter { $0.origin == .kernel })
    }

    /// The system of a name, which may be any bytes; about 20 ns, no allocation.
    public func system(named name: Span<UInt8>) -> EventSystem? { systemTable[name] }

    /// The event of a system and a name, about 40 ns, no allocation.
    public func event(system: Span<UInt8>, name: Span<UInt8>) -> TraceEvent? {
        systemTable[system]?.event(named: name)
    }

    /// The event of an id: what a record begins with.
    public func event(id: UInt16) -> TraceEvent? { Int(id) < byID.count ? byID[Int(id)] : nil }

    /// How many events there are, those of `ftrace/` included.
    public var eventCount: Int { systems.reduce(0) { $0 + $1.events.count } }

    /// Bytes of the tables by name and by id.
    var tableBytes: Int {
        systemTable.heldBytes + HeapBlock.bytes(of: systems) + HeapBlock.bytes(of: eventsInOrder)
            + HeapBlock.bytes(of: byID)
    }

    /// The first id that no event has had.
    var idEnd: Int { byID.count }

    /// The tables for the next snapshot to begin with.
    var parts: (systems: NameTable<EventSystem>, byID: [TraceEvent?]) { (systemTable, byID) }
}
