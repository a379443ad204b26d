internal import Bytes

extension Span where Element == UInt8 {
    /// The little-endian number at an offset; what lies beyond the end reads as zero.
    ///
    /// A record may be cut short by its writer, so reading never traps: `[0x34, 0x12].number(at: 0, size: 4)` is
    /// 0x1234.
    ///
    /// - Parameters:
    ///   - offset: bytes from the start; negative reads zero.
    ///   - size: 1 to 8 bytes.
    /// - Returns: the number, without a sign.
    func number(at offset: Int, size: Int) -> UInt64 {
        if offset >= 0, offset <= count - 8 {
            let word = word(at: offset)
            return size >= 8 ? word : word & ((1 << UInt64(size * 8)) - 1)
        }
        guard offset >= 0, offset < count else { return 0 }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for index in offset..<Swift.min(count, offset + Swift.min(size, 8)) {
            value |= UInt64(self[index]) << shift
            shift += 8
        }
        return value
    }

    /// The bytes of a range, cut to what there is.
    @_lifetime(copy self)
    func clipped(_ offset: Int, _ length: Int) -> Span<UInt8> {
        let start = Swift.min(Swift.max(offset, 0), count)
        return extracting(start..<(start + Swift.min(Swift.max(length, 0), count - start)))
    }

    /// The bytes before the first NUL, or all.
    var untilNUL: Span<UInt8> {
        @_lifetime(copy self)
        get {
            guard let end = firstIndex(of: 0) else { return self }
            return extracting(0..<end)
        }
    }
}

extension UInt64 {
    /// The low bytes, with the sign of that width where there is one.
    @inline(__always)
    func extended(size: UInt8, isSigned: Bool) -> UInt64 {
        switch (size, isSigned) {
        case (1, false): self & 0xFF
        case (1, true): UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: self)))
        case (2, false): self & 0xFFFF
        case (2, true): UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: self)))
        case (4, false): self & 0xFFFF_FFFF
        case (4, true): UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: self)))
        default: self
        }
    }
}
