internal import Bytes
internal import PseudoFS
internal import Locking
internal import SystemPackage
internal import TraceEngine
internal import TraceOutput

/// The formats that somebody has asked for, parsed: just in time, and forgotten when there are too many.
///
/// 2,323 events parsed would take some 20 MB; a reader meets a handful of them. One lock, taken once for each event
/// that a reader meets, not for each record.
final class EventDescriptions: Sendable {
    private struct Entry: Sendable {
        let event: TraceEvent
        let description: TraceEventDescription
    }

    private static let countMax = 512
    private let entries = Locked<[UInt16: Entry]>([:])

    /// What is needed to show an event's records, and to make them.
    ///
    /// - Throws: EINVAL where the event's format text does not parse, which an import refuses.
    func description(of event: TraceEvent) throws(Failure) -> TraceEventDescription {
        if let entry = entries.withLock({ $0[event.id] }), entry.event === event { return entry.description }
        var text = ByteBuffer(capacity: 2048)
        event.appendFormat(to: &text)
        let format: EventFormat
        do throws(FormatError) {
            format = try EventFormat(parsing: text.span)
        } catch {
            throw Failure(.invalidArgument, "the format of \(event.system)/\(event.name): \(error.reason)")
        }
        let description = TraceEventDescription(system: event.system, name: event.name, format: format)
        entries.withLock { entries in
            if entries.count >= Self.countMax { entries.removeAll() }
            entries[event.id] = Entry(event: event, description: description)
        }
        return description
    }
}

/// What one reader has met so far, without a lock.
struct MetEvents: ~Copyable {
    /// A description as an object: who shows a record counts one reference, and not those of all its parts.
    final class Shape {
        let description: TraceEventDescription

        init(_ description: TraceEventDescription) { self.description = description }
    }

    /// An event that was met.
    struct Met {
        let type: UInt16
        let isWanted: Bool
        /// What its records look like; nil where there is no such event any more.
        let shape: Shape?
    }

    private let engine: TraceEngine
    private let descriptions: EventDescriptions
    private let selection: RecordSelection
    private var snapshot: CatalogueSnapshot
    /// Each at its type's last bits: a reader meets a few, over and over.
    private var met: [Met?]

    private static let placeMask = 63

    init(engine: TraceEngine, descriptions: EventDescriptions, selection: RecordSelection) {
        self.engine = engine
        self.descriptions = descriptions
        self.selection = selection
        snapshot = engine.catalogue.snapshot
        met = []
    }

    /// Whether records of a type are wanted, and the description of their event: nil where there is none any more.
    mutating func look(up type: UInt16) -> Met {
        let place = Int(type) & Self.placeMask
        if place < met.count, let known = met[place], known.type == type { return known }
        if met.isEmpty { met = Array(repeating: nil, count: Self.placeMask + 1) }
        let event = event(ofType: type)
        let isWanted = selection.includes(event)
        var found: TraceEventDescription?
        if isWanted {
            // A stack is recorded whether or not a catalogue has brought its format.
            if let event {
                found = try? descriptions.description(of: event)
            } else {
                found = TraceEventDescription.stack(ofType: type)
            }
        }
        let new = Met(type: type, isWanted: isWanted, shape: found.map(Shape.init))
        met[place] = new
        return new
    }

    /// Whether a record is wanted.
    mutating func wants(_ type: UInt16, at time: UInt64) -> Bool {
        time >= selection.since && (selection.isEveryEvent || look(up: type).isWanted)
    }

    /// The event of a type; nil where there is no such event any more.
    mutating func event(ofType type: UInt16) -> TraceEvent? {
        if snapshot.event(id: type) == nil { snapshot = engine.catalogue.snapshot }
        return snapshot.event(id: type)
    }

    /// Forgets, because an event was removed or added: an id may mean another event now.
    mutating func refresh() {
        let now = engine.catalogue.snapshot
        guard now.generation != snapshot.generation else { return }
        snapshot = now
        met.removeAll()
    }
}
