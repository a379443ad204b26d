public import Bytes
internal import Synchronization
public import SystemPackage

/// Where an event comes from.
public enum EventOrigin: Sendable, Equatable {
    /// jitfs' own tracepoint.
    case own
    /// An imported catalogue.
    case imported
    /// Made and removed through `dynamic_events`.
    case dynamic
    /// The running kernel.
    case kernel
}

/// One event of the catalogue.
///
/// Immutable but for two atomics: how many hold it, and whether it was removed. An event that is removed stays an object for who has it, and says
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

    /// How many hold it.
    @usableFromInline let count: HolderCount
    private let holders: EventHolders
    /// Whether it was removed: its id, and with it the count, may be another event's by then.
    private let dead = Atomic<Bool>(false)

    init(
        id: UInt16, order: UInt32, origin: EventOrigin, system: String, name: String, format: EventFormatText,
        holders: EventHolders
    ) {
        self.id = id
        self.order = order
        self.origin = origin
        self.system = system
        self.name = name
        self.format = format
        self.holders = holders
        count = holders.count(of: id)
        holders.begin(id)
    }

    /// Whether it can be enabled: all but those of `ftrace/`.
    public var isEnableable: Bool { id >= 32 }

    /// Whether it was removed.
    public var isDead: Bool { dead.load(ordering: .acquiring) }

    /// In how many instances it is enabled; triggers that hold it count too.
    public var enabledCount: Int { isDead ? 0 : Int(max(0, count.value)) }

    /// Whether anybody wants its records: one relaxed load.
    @inlinable @inline(__always)
    public var isWanted: Bool { count.value > 0 }

    /// Appends the `format` text with this event's own id.
    public func appendFormat(to out: inout ByteBuffer) { format.append(to: &out, id: id) }

    /// Holds the event, so that it cannot be removed: an instance where it is enabled, a trigger.
    ///
    /// - Throws: `ENODEV` where it is dead.
    public func hold() throws(Errno) { if isDead || !holders.hold(id) { throw .operationNotSupportedByDevice } }

    /// Gives a ``hold()`` back.
    public func release() { holders.release(id) }

    /// Lets nobody hold it any more, or lets it be held again. Called by the catalogue, under its lock: the id of an
    /// event that is dead may be another's.
    func setClosing(_ isClosing: Bool) {
        if isDead { return }
        if isClosing { holders.close(id) } else { holders.reopen(id) }
    }

    /// Makes it dead. Called by the catalogue, under its lock.
    ///
    /// - Throws: `EBUSY` while it is held, `ENOENT` where it is dead already.
    func kill() throws(Errno) {
        if isDead { throw .noSuchFileOrDirectory }
        guard holders.end(id) else { throw .resourceBusy }
        dead.store(true, ordering: .releasing)
    }
}
