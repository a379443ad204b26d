/// What the triggers of one record need and leave behind, in one instance after the other.
struct PullNotes {
    /// The time that the record was given; nil is now.
    let given: UInt64?
    /// What the present instance's clock said when a trigger asked, to be the record's time too.
    private(set) var read: UInt64?
    /// Records of synthetic events, to be published when no lock is held.
    private(set) var synthetic: [SyntheticRecord] = []
    private var clock: TraceClock?

    /// Nothing yet.
    ///
    /// - Parameter time: what the record was given.
    init(time: UInt64?) { given = time }

    /// Goes on to an instance.
    mutating func begin(_ clock: TraceClock) {
        read = nil
        self.clock = clock
    }

    /// The record's time.
    ///
    /// - Parameter isInMicroseconds: whether it is asked for in these; a clock that counts is as it is.
    /// - Returns: nanoseconds, or these.
    mutating func time(_ isInMicroseconds: Bool) -> UInt64 {
        let time = given ?? read ?? clock?.now() ?? 0
        read = time
        return isInMicroseconds && clock?.countsNanoseconds != false ? time / 1000 : time
    }

    /// Leaves a record to be published.
    mutating func add(_ record: SyntheticRecord) { synthetic.append(record) }
}

/// A record of a synthetic event.
struct SyntheticRecord: Sendable {
    let event: UInt16
    let pid: Int32
    let payload: [UInt8]
}
