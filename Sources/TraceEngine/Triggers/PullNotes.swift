/// What the triggers of one record need and leave behind, in one instance after the other.
///
/// Made for every record: two words, and nothing to be released where no histogram has recorded anything.
struct PullNotes {
    /// The time that the record was given; nil is now.
    let given: UInt64?
    /// What the present instance's clock said when a trigger asked, to be the record's time too.
    private(set) var read: UInt64?
    /// Records of synthetic events, to be published when no lock is held; nil where there are none.
    private(set) var synthetic: [SyntheticRecord]?

    /// Nothing yet.
    ///
    /// - Parameter time: what the record was given.
    @inline(__always)
    init(time: UInt64?) { given = time }

    /// Goes on to another instance.
    @inline(__always)
    mutating func begin() { read = nil }

    /// The record's time.
    ///
    /// - Parameters:
    ///   - clock: the instance's.
    ///   - isInMicroseconds: whether it is asked for in these; a clock that counts is as it is.
    /// - Returns: nanoseconds, or these.
    mutating func time(by clock: TraceClock, isInMicroseconds: Bool) -> UInt64 {
        let time = given ?? read ?? clock.now()
        read = time
        return isInMicroseconds && clock.countsNanoseconds ? time / 1000 : time
    }

    /// Leaves a record to be published.
    mutating func add(_ record: SyntheticRecord) { synthetic = (synthetic ?? []) + [record] }
}

/// A record of a synthetic event.
struct SyntheticRecord: Sendable {
    let event: UInt16
    let pid: Int32
    let payload: [UInt8]
}
