/// How a record's time is told: by what passed since the record before it, or in full.
enum RecordStamp: Equatable {
    /// Less than 2^27 ns (134 ms) later: in the record's own head.
    case delta(UInt32)
    /// Less than 2^59 ns later: a time extend (type 30) of eight bytes stands before the record.
    case extend(UInt64)
    /// Earlier: an absolute time (type 31) of eight bytes stands before the record.
    case absolute(UInt64)

    /// The first time that 59 bits do not hold.
    static let limit: UInt64 = 1 << 59

    /// Chooses; nil where only a new page can tell it: a leap of 18 years, or a step back in a clock that counts from
    /// 1970 (readers take the upper five bits of an absolute time from the time before it, and what is then earlier for
    /// an overflow).
    ///
    /// - Parameters:
    ///   - time: the record's, ns.
    ///   - last: that of the record before it on the page.
    @inline(__always)
    init?(_ time: UInt64, after last: UInt64) {
        if time >= last {
            let delta = time - last
            if delta < 1 << 27 {
                self = .delta(UInt32(truncatingIfNeeded: delta))
            } else if delta < Self.limit {
                self = .extend(delta)
            } else {
                return nil
            }
        } else if last < Self.limit {
            self = .absolute(time)
        } else {
            return nil
        }
    }

    /// Bytes that stand before the record.
    @inline(__always)
    var size: Int {
        if case .delta = self { 0 } else { 8 }
    }

    /// Bytes a record takes with its head: its payload rounded up to four, and four or (above 112) eight more.
    @inline(__always)
    static func recordSize(_ payload: Int) -> Int {
        let rounded = (payload + 3) & ~3
        return rounded + (rounded > 112 ? 8 : 4)
    }
}
