/// Hears of the traffic of pages, where somebody listens: the bridge to tracepoints, called under no lock.
public protocol PageProbe: AnyObject, Sendable {
    /// Whether anybody wants to hear of this kind of operation: asked before each, so one relaxed load.
    func listens(to operation: PageOperation) -> Bool
    /// The time, in nanoseconds of the clock by which durations are told. Asked only where somebody listens.
    var now: UInt64 { get }
    /// A page was put, got or discarded, or went to the backing store. Called only where somebody listens, after the operation, by its thread.
    ///
    /// - Parameters:
    ///   - operation: what happened.
    ///   - pool: the pool's name.
    ///   - page: the page's number.
    ///   - storedBytes: what its object takes: 0 for a page of one repeated pattern, ``PagePool/pageBytes`` for a huge
    ///     one.
    ///   - nanoseconds: how long it took.
    func happened(_ operation: PageOperation, pool: String, page: UInt64, storedBytes: Int, nanoseconds: UInt64)
    /// A pool's limit is another one. Called by whoever changed it, or by the pool's thread; under no lock.
    ///
    /// - Parameters:
    ///   - pool: the pool's name.
    ///   - old: bytes before; 0 for none.
    ///   - new: bytes now; 0 for none.
    ///   - reason: in a few words: `set`, or what pressed.
    func limitChanged(pool: String, from old: UInt64, to new: UInt64, reason: String)
}

extension PageProbe {
    /// Takes no notice.
    public func limitChanged(pool: String, from old: UInt64, to new: UInt64, reason: String) {}
}

/// What can be done to a page.
public enum PageOperation: Sendable, CaseIterable {
    /// It was stored, or stored anew.
    case put
    /// It was read.
    case get
    /// It was given up.
    case discard
    /// It went to the backing store; the time is its share of the write.
    case spill
}
