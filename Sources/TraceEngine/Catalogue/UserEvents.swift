internal import Bytes
internal import Locking
public import SystemPackage

/// The events that programs define while the engine runs, and may remove: what `dynamic_events` lists.
///
/// One lock, which protects the list and orders definitions; the catalogue's is taken inside it. Any thread.
public final class UserEvents: Sendable {
    /// Why a definition was not taken.
    public struct Refusal: Error, Sendable {
        /// EINVAL, E2BIG; EEXIST for another event of that name; ENOENT and EBUSY for a removal; ENFILE
        /// beyond the limit on events.
        public let errno: Errno
        /// In words.
        public let reason: String
    }

    private struct Entry: Sendable {
        let event: TraceEvent
        let definition: UserEventDefinition
    }

    /// One event, and whether anybody wants its records: what `user_events_status` shows of it.
    public struct Status: Sendable, Equatable {
        /// The directory it stands in.
        public let system: String
        /// Its name there.
        public let name: String
        /// The number its records begin with.
        public let id: UInt16
        /// In how many instances it is enabled, or held by a trigger.
        public let enabledCount: Int

        /// As the kernel shows it, which has one system for all: a system of another name stands before a slash.
        public var shownName: String { system == UserEventDefinition.defaultSystem ? name : "\(system)/\(name)" }
    }

    private let engine: TraceEngine
    private let entries = Locked<[Entry]>([])

    /// The events of an engine; there should be one of these for each.
    public init(of engine: TraceEngine) { self.engine = engine }

    /// The definitions in the order in which they came: `u:shop/order u64 id`.
    public var definitions: [String] { entries.withLock { $0.map(\.definition.text) } }

    /// Which of them are wanted, in the order in which they came.
    public var statuses: [Status] {
        entries.withLock { entries in
            entries.map { entry in
                let event = entry.event
                return Status(
                    system: event.system, name: event.name, id: event.id, enabledCount: event.enabledCount)
            }
        }
    }

    /// Tells when ``statuses`` may have changed.
    public func watch() -> EventWatch { EventWatch(engine.catalogue.holders) }

    /// Defines an event, in every instance at once. The same definition again changes nothing.
    ///
    /// - Parameter text: `u:[SYSTEM/]NAME TYPE FIELD[; TYPE FIELD …]`.
    /// - Returns: the event, and whether there was none before.
    /// - Throws: what is wrong with the text, or with the name (EEXIST, ENOSPC).
    @discardableResult
    public func define(_ text: Span<UInt8>) throws(Refusal) -> (event: TraceEvent, isNew: Bool) {
        let definition = try Self.parse(text)
        defer { engine.catalogue.holders.tellAll() }
        return try entries.withLock { entries throws(Refusal) in
            if let known = entries.first(where: {
                $0.definition.system == definition.system && $0.definition.name == definition.name
            }) {
                if known.definition == definition { return (known.event, false) }
                throw Refusal(errno: .fileExists, reason: "it is defined with other fields")
            }
            var format = ByteBuffer()
            definition.append(format: 0, to: &format)
            do throws(Errno) {
                let event = try engine.catalogue.add(
                    system: definition.system, name: definition.name, format: .own(format.array), origin: .dynamic)
                entries.append(Entry(event: event, definition: definition))
                return (event, true)
            } catch {
                throw Refusal(errno: error, reason: Self.reason(notAdded: error))
            }
        }
    }

    /// Removes an event.
    ///
    /// - Parameter text: `[SYSTEM/]NAME`, the system being `user_events` where none is named; or a whole definition,
    ///   which removes the event only if it has these fields, in this order.
    /// - Throws: what is wrong with the text; ENOENT where there is no such event, EBUSY where it is enabled somewhere.
    public func remove(_ text: Span<UInt8>) throws(Refusal) {
        let definition = try Self.parse(text)
        defer { tell() }
        try entries.withLock { entries throws(Refusal) in
            guard
                let index = entries.firstIndex(where: {
                    $0.definition.system == definition.system && $0.definition.name == definition.name
                        && (definition.fields.isEmpty || $0.definition.fields == definition.fields)
                })
            else { throw Refusal(errno: .noSuchFileOrDirectory, reason: "there is no such event") }
            try remove(at: index, from: &entries)
        }
    }

    /// Removes them all, the newest first.
    ///
    /// - Throws: EBUSY where one is enabled; nothing is removed then.
    public func removeAll() throws(Refusal) {
        defer { tell() }
        try entries.withLock { entries throws(Refusal) in
            if let busy = entries.first(where: { $0.event.isWanted }) {
                throw Refusal(errno: .resourceBusy, reason: "\(busy.event.system)/\(busy.event.name) is enabled")
            }
            while !entries.isEmpty { try remove(at: entries.count - 1, from: &entries) }
        }
    }

    /// Removes an event whoever uses it: it is disabled everywhere, and triggers of it and on it go. About 1 us an
    /// instance.
    ///
    /// - Parameter event: one of these.
    /// - Throws: ENOENT where it is none, or was removed before; EBUSY where somebody holds it in process.
    public func dismiss(_ event: TraceEvent) throws(Errno) {
        engine.letGo(of: event)
        defer { tell() }
        try entries.withLock { entries throws(Errno) in
            do throws(Errno) {
                guard let index = entries.firstIndex(where: { $0.event === event }) else {
                    throw .noSuchFileOrDirectory
                }
                try engine.drop(event)
                entries.remove(at: index)
            } catch {
                engine.catalogue.setClosing(event, false)
                throw error
            }
        }
    }

    /// Tells those who want to know that events have gone. Under no lock.
    private func tell() {
        engine.catalogue.holders.tellAll()
        engine.endings.tell()
    }

    private func remove(at index: Int, from entries: inout [Entry]) throws(Refusal) {
        do throws(Errno) {
            try engine.drop(entries[index].event)
        } catch {
            throw Refusal(errno: error, reason: error == .resourceBusy ? "it is enabled" : error.description)
        }
        entries.remove(at: index)
    }

    private static func parse(_ text: Span<UInt8>) throws(Refusal) -> UserEventDefinition {
        do throws(UserEventDefinition.Problem) { return try UserEventDefinition(parsing: text) } catch {
            throw Refusal(errno: error.errno, reason: "at byte \(error.offset): \(error.reason)")
        }
    }

    private static func reason(notAdded errno: Errno) -> String {
        switch errno {
        case .fileExists: "there is an event of that name, not one of these"
        case .tooManyOpenFilesInSystem: "the limit events is reached"
        default: errno.description
        }
    }
}
