internal import SystemPackage

/// A record in the making: the fixed part, zeroed, and what was put behind it.
struct RecordBuilder {
    private(set) var bytes: [UInt8]

    /// Room that a record must fit: the ring buffer refuses long before.
    static var sizeMax: Int { 65_535 }

    init(fixedSize: Int, common: RecordCommon) {
        bytes = [UInt8](repeating: 0, count: max(fixedSize, RecordCommon.size))
        set(UInt64(common.type), at: 0, size: 2)
        set(UInt64(common.flags), at: 2, size: 1)
        set(UInt64(common.preemptCount), at: 3, size: 1)
        set(UInt64(UInt32(bitPattern: common.pid)), at: 4, size: 4)
    }

    /// Puts a number, its low bytes first.
    mutating func set(_ value: UInt64, at offset: Int, size: Int) {
        for index in 0..<size { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    }

    /// Puts bytes into the fixed part.
    mutating func set(_ data: Span<UInt8>, at offset: Int) {
        for index in data.indices { bytes[offset + index] = data[index] }
    }

    /// Adds bytes behind everything.
    mutating func append(_ data: Span<UInt8>) {
        for index in data.indices { bytes.append(data[index]) }
    }

    /// Adds a dynamic field's bytes, with a NUL behind text, and its descriptor.
    mutating func append(dynamic field: EventField, _ data: Span<UInt8>, isText: Bool, relative: Bool) -> Bool {
        let start = bytes.count
        append(data)
        if isText { bytes.append(0) }
        let length = bytes.count - start
        guard bytes.count <= Self.sizeMax else { return false }
        let place = relative ? start - field.offset - 4 : start
        set(UInt64(place) | UInt64(length) << 16, at: field.offset, size: 4)
        return true
    }

    /// The record, padded to 4 bytes as the ring buffer keeps it.
    consuming func finished() -> [UInt8] {
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }
}
