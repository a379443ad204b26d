public import Bytes
public import Synchronization
public import SystemPackage

/// Where an event comes from.
public enum EventOrigin: Sendable, Equatable {
    /// jitfs' own tracepoint.
    case own
    /// An imported catalogue.
    case imported
    /// Made and removed through `dynamic_events`.
    case dynamic
}

/// One event of the catalogue.
///
/// Immutable but for one atomic: how many hold it. An event that is removed stays an object for who has it, and says
/// ``isDead``. Any thread.
public final class TraceEvent: Sendable, Named {
    /// jitfs' own id, in the records and in the `ID:` line; below 32 for `ftrace/`, unique among the living.
    public let id: UInt16
    /// The place in the kernel's list: imported and own events as they came, dynamic ones behind them.
    public let order: UInt32
    /// Where it comes from.
    public let origin: EventOrigin
    /// The directory it stands in.
    public let system: String
    /// Its name there.
    public let name: String
    /// Its `format` text, with whatever id it was given with; see ``appendFormat(to:)``.
    public let format: EventFormatText

    /// How many hold it, or -1 once it is dead.
    @usableFromInline let holders = Atomic<Int32>(0)

    init(id: UInt16, order: UInt32, origin: EventOrigin, system: String, name: String, format: EventFormatText) {
        self.id = id
        self.order = order
        self.origin = origin
        self.system = system
        self.name = name
        self.format = format
    }

    /// Whether it can be enabled: all but those of `ftrace/`.
    public var isEnableable: Bool { id >= 32 }

    /// Whether it was removed.
    public var isDead: Bool { holders.load(ordering: .acquiring) < 0 }

    /// In how many instances it is enabled; triggers that hold it count too.
    @inlinable public var enabledCount: Int { Int(max(0, holders.load(ordering: .relaxed))) }

    /// Whether anybody wants its records: one relaxed load.
    @inlinable public var isWanted: Bool { holders.load(ordering: .relaxed) > 0 }

    /// Appends the `format` text with this event's own id.
    public func appendFormat(to out: inout ByteBuffer) { format.append(to: &out, id: id) }

    /// Holds the event, so that it cannot be removed: an instance where it is enabled, a trigger.
    ///
    /// - Throws: `ENODEV` where it is dead.
    public func hold() throws(Errno) { if !tryHold() { throw .operationNotSupportedByDevice } }

    /// As ``hold()``: false where it is dead.
    @inline(__always)
    func tryHold() -> Bool {
        var count = holders.load(ordering: .relaxed)
        while count >= 0 {
            let (done, now) = holders.weakCompareExchange(
                expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
            if done { return true }
            count = now
        }
        return false
    }

    /// Gives a ``hold()`` back.
    public func release() {
        let left = holders.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        assert(left >= 0, "released more often than held")
    }

    /// Makes it dead.
    ///
    /// - Throws: `EBUSY` while it is held, `ENOENT` where it is dead already.
    func kill() throws(Errno) {
        let (done, count) = holders.compareExchange(expected: 0, desired: -1, ordering: .acquiringAndReleasing)
        if done { return }
        throw count < 0 ? .noSuchFileOrDirectory : .resourceBusy
    }
}
