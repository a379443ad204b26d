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
    private let engine: TraceEngine
    private let descriptions: EventDescriptions
    private var snapshot: CatalogueSnapshot
    private var met: [UInt16: TraceEventDescription] = [:]

    init(engine: TraceEngine, descriptions: EventDescriptions) {
        self.engine = engine
        self.descriptions = descriptions
        snapshot = engine.catalogue.snapshot
    }

    /// The description for a record's type; nil where there is no such event any more.
    mutating func description(forType id: UInt16) -> TraceEventDescription? {
        if let known = met[id] { return known }
        if snapshot.event(id: id) == nil { snapshot = engine.catalogue.snapshot }
        guard let event = snapshot.event(id: id), let found = try? descriptions.description(of: event) else {
            // A stack is recorded whether or not a catalogue has brought its format.
            return snapshot.event(id: id) == nil ? TraceEventDescription.stack(ofType: id) : nil
        }
        met[id] = found
        return found
    }

    /// Forgets, because an event was removed or added: an id may mean another event now.
    mutating func refresh() {
        let now = engine.catalogue.snapshot
        guard now.generation != snapshot.generation else { return }
        snapshot = now
        met.removeAll()
    }
}
