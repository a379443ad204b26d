internal import Bytes

/// A record in front of a filter.
struct FilterSubject: ~Escapable, ~Copyable {
    /// The payload; its first eight bytes may not be filled yet.
    let record: Span<UInt8>
    /// What its first eight bytes will be.
    let common: UInt64
    let cpu: Int
    /// The name of the record's task with NULs up to 16 bytes, as the kernel keeps it; needed where the filter
    /// ``Filter/asksComm``.
    let comm: InlineArray<16, UInt8>

    @_lifetime(copy record)
    @inline(__always)
    init(
        _ record: Span<UInt8>, common: UInt64, cpu: Int,
        comm: InlineArray<16, UInt8> = InlineArray<16, UInt8>(repeating: 0)
    ) {
        self.record = record
        self.common = common
        self.cpu = cpu
        self.comm = comm
    }

    /// The number of a field, without sign; what is above its width is undefined.
    @inline(__always)
    func number(at offset: Int32, size: UInt16) -> UInt64 {
        offset < 8 ? common >> (UInt64(offset) * 8) : record.number(at: Int(offset), size: Int(size))
    }

    /// A name as the kernel keeps it.
    static func padded(_ comm: String) -> InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        for (index, byte) in comm.utf8.prefix(15).enumerated() { bytes[index] = byte }
        return bytes
    }
}
