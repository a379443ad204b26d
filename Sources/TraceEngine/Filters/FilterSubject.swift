internal import Bytes

/// A record in front of a filter.
struct FilterSubject: ~Escapable {
    /// The payload; its first eight bytes may not be filled yet.
    let record: Span<UInt8>
    /// What its first eight bytes will be.
    let common: UInt64
    let cpu: Int32
    /// The name of the record's task with NULs up to 16 bytes, as the kernel keeps it, in two words; needed where the
    /// filter ``Filter/asksComm``.
    let comm: (UInt64, UInt64)

    @_lifetime(copy record)
    @inline(__always)
    init(_ record: Span<UInt8>, common: UInt64, cpu: Int, comm: (UInt64, UInt64) = (0, 0)) {
        self.record = record
        self.common = common
        self.cpu = Int32(truncatingIfNeeded: cpu)
        self.comm = comm
    }

    /// The word at an offset; what lies beyond the end reads as zero.
    @inline(__always)
    func word(at offset: Int32) -> UInt64 {
        if offset < 8 { return common >> (UInt64(offset) * 8) }
        let offset = Int(offset)
        return offset <= record.count - 8 ? record.word(at: offset) : record.number(at: offset, size: 8)
    }

    /// A name as the kernel keeps it: at most 15 bytes.
    static func words(of comm: String) -> (UInt64, UInt64) {
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in comm.utf8.prefix(15).enumerated() {
            let bits = UInt64(byte) << UInt64(index % 8 * 8)
            if index < 8 { words.0 |= bits } else { words.1 |= bits }
        }
        return words
    }

    /// The name's bytes.
    var commBytes: InlineArray<16, UInt8> {
        InlineArray { index in
            UInt8(truncatingIfNeeded: (index < 8 ? comm.0 : comm.1) >> UInt64(index % 8 * 8))
        }
    }
}
