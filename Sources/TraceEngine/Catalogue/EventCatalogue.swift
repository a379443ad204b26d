internal import Locking
internal import Bytes
internal import Synchronization
public import SystemPackage

/// All events there are, shared by every instance.
///
/// Readers take a ``snapshot`` (one lock, one reference) and look things up in it without locks; every change makes
/// another. An event costs about 250 bytes beside its format text. Any thread.
public final class EventCatalogue: Sendable {
    /// An event to be added.
    public struct Definition: Sendable {
        /// The directory it shall stand in.
        public var system: String
        /// Its name there.
        public var name: String
        /// Its `format` text, with whatever id.
        public var format: EventFormatText
        /// Where it comes from.
        public var origin: EventOrigin

        /// Describes an event.
        public init(system: String, name: String, format: EventFormatText, origin: EventOrigin) {
            self.system = system
            self.name = name
            self.format = format
            self.origin = origin
        }
    }

    fileprivate struct State {
        var snapshot: CatalogueSnapshot
        /// Where the search for a free id goes on: an id is used again only after all the others were.
        var nextID = 32
        var nextOrder: UInt32 = 0
    }

    private let limit: Atomic<Int>
    /// How often events were refused because of ``eventsMax``.
    let refused = Atomic<UInt64>(0)
    /// In how many instances each event is enabled.
    let holders = EventHolders()
    /// Told when events have come or gone.
    let news = EngineNews()
    /// Protects which snapshot is the present one; a new one is built under it, so that changes queue up.
    private let state: Locked<State>

    /// An empty catalogue.
    ///
    /// - Parameter eventsMax: at most 65,504.
    public init(eventsMax: Int) {
        limit = Atomic(min(eventsMax, 65_504))
        let empty = CatalogueSnapshot(systems: NameTable(seed: 0), eventsInOrder: [], byID: [], generation: 0)
        state = Locked(State(snapshot: empty))
    }

    /// Events that there may be, those of `ftrace/` not counted; 65,504 at most. Below what there is none is added.
    public var eventsMax: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(min(newValue, 65_504), ordering: .relaxed) }
    }

    /// The events as they are now.
    public var snapshot: CatalogueSnapshot { state.withLock { $0.snapshot } }

    /// Adds one event.
    ///
    /// - Throws: as ``add(_:)``.
    @discardableResult
    public func add(
        system: String, name: String, format: EventFormatText, origin: EventOrigin
    ) throws(Errno) -> TraceEvent {
        try add([Definition(system: system, name: name, format: format, origin: origin)])[0]
    }

    /// Adds events, all or none: one snapshot however many they are (2,323 in about 2 ms).
    ///
    /// An event of the system `ftrace` takes the id that it has in Linux 6.18 and can't be enabled.
    ///
    /// - Returns: the events, as the definitions stand.
    /// - Throws: `EEXIST` where a name is taken, `EINVAL` for one that cannot be a file's name or holds white space
    ///   or `:` (and for one of `ftrace/` that Linux does not have), `ENFILE` beyond ``eventsMax``.
    @discardableResult
    public func add(_ definitions: [Definition]) throws(Errno) -> [TraceEvent] {
        for definition in definitions {
            guard Self.isName(definition.system), Self.isName(definition.name) else { throw .invalidArgument }
        }
        let added = try state.withLock { state throws(Errno) in
            guard state.snapshot.mask.count + definitions.count <= eventsMax else {
                refused.wrappingAdd(1, ordering: .relaxed)
                throw .tooManyOpenFilesInSystem
            }
            return try state.add(definitions, holders: holders)
        }
        news.tell()
        return added
    }

    /// Removes an event; who has it sees ``TraceEvent/isDead``.
    ///
    /// Records of it stay where they are: ``TraceEngine/remove(_:)`` clears them too.
    ///
    /// - Throws: `EBUSY` while it is enabled or held anywhere, `ENOENT` where it was removed before.
    func remove(_ event: TraceEvent) throws(Errno) {
        try state.withLock { state throws(Errno) in
            try event.kill()
            state.remove(event)
        }
        news.tell()
    }

    /// Lets nobody hold an event any more, who does not yet, because it is about to be removed; or takes that back.
    func setClosing(_ event: TraceEvent, _ isClosing: Bool) { state.withLock { _ in event.setClosing(isClosing) } }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8Span.span
        guard bytes.count > 0, bytes.count <= 255 else { return false }
        for index in bytes.indices where bytes[index] <= 0x20 || bytes[index] == 0x2F || bytes[index] == 0x3A {
            return false
        }
        return name != "." && name != ".."
    }
}

extension EventCatalogue.State {
    fileprivate mutating func add(
        _ definitions: [EventCatalogue.Definition], holders: EventHolders
    ) throws(Errno) -> [TraceEvent] {
        var (systems, byID) = snapshot.parts
        var nextID = nextID
        var nextOrder = nextOrder
        var added: [TraceEvent] = []
        added.reserveCapacity(definitions.count)
        var bySystem: [String: [TraceEvent]] = [:]
        for definition in definitions {
            let id: Int
            if definition.system == "ftrace" {
                guard let fixed = FtraceEvent.id(named: definition.name) else { throw .invalidArgument }
                id = Int(fixed)
            } else {
                while nextID < byID.count && byID[nextID] != nil { nextID = nextID == 65_535 ? 32 : nextID + 1 }
                id = nextID
                nextID = nextID == 65_535 ? 32 : nextID + 1
            }
            while byID.count <= id { byID.append(nil) }
            guard byID[id] == nil else { throw .fileExists }
            let order = nextOrder | (definition.origin == .dynamic ? 1 << 31 : 0)
            nextOrder += 1
            let event = TraceEvent(
                id: UInt16(id), order: order, origin: definition.origin, system: definition.system,
                name: definition.name, format: definition.format, holders: holders)
            byID[id] = event
            added.append(event)
            bySystem[definition.system, default: []].append(event)
        }
        for (name, events) in bySystem {
            let old = systems[name.utf8Span.span]
            guard Self.areNew(events, in: old) else { throw .fileExists }
            if let old { _ = systems.remove(old) }
            _ = systems.insert(EventSystem(name: name, events: (old?.events ?? []) + events, directory: old?.directory))
        }
        var order = snapshot.eventsInOrder + added.filter(\.isEnableable)
        let mayBeUnsorted = snapshot.eventsInOrder.last.map { $0.order > (added.first?.order ?? 0) } ?? true
        if mayBeUnsorted { order.sort { $0.order < $1.order } }
        self.nextID = nextID
        self.nextOrder = nextOrder
        replace(systems, order, byID)
        return added
    }

    private static func areNew(_ events: [TraceEvent], in system: EventSystem?) -> Bool {
        var names = NameTable<TraceEvent>(seed: 0)
        for event in events {
            if system?.event(named: event.name.utf8Span.span) != nil || !names.insert(event) { return false }
        }
        return true
    }

    fileprivate mutating func remove(_ event: TraceEvent) {
        var (systems, byID) = snapshot.parts
        byID[Int(event.id)] = nil
        if let old = systems[event.system.utf8Span.span] {
            _ = systems.remove(old)
            let left = old.events.filter { $0 !== event }
            if left.isEmpty {
                old.directory.end()
            } else {
                _ = systems.insert(EventSystem(name: old.name, events: left, directory: old.directory))
            }
        }
        replace(systems, snapshot.eventsInOrder.filter { $0 !== event }, byID)
    }

    private mutating func replace(
        _ systems: NameTable<EventSystem>, _ order: [TraceEvent], _ byID: [TraceEvent?]
    ) {
        snapshot = CatalogueSnapshot(
            systems: systems, eventsInOrder: order, byID: byID, generation: snapshot.generation + 1)
    }
}
