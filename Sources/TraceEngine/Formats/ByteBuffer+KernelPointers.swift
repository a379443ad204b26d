internal import Bytes

extension ByteBuffer {
    /// `61 62 63`; nothing between where the separator is 0.
    mutating func append(hexBytes bytes: Span<UInt8>, separator: UInt8) {
        for index in bytes.indices {
            if index > 0, separator != 0 { append(separator) }
            append(hexadecimal: UInt64(bytes[index]), width: 2)
        }
    }

    /// `{0x1,0x2}`, as the kernel's `trace_print_array_seq`.
    mutating func append(array bytes: Span<UInt8>, elementSize: Int) {
        append(0x7B)
        var offset = 0
        var size = elementSize
        while offset < bytes.count {
            if offset > 0 { append(0x2C) }
            if ![1, 2, 4, 8].contains(size) {
                append("BAD SIZE:")
                append(decimal: size)
                append(0x20)
                size = 1
            }
            append("0x")
            append(hexadecimal: bytes.number(at: offset, size: size))
            offset += size
        }
        append(0x7D)
    }

    // MARK: masks of bits

    /// As `%*pb`: groups of 32 bits from the highest down, `3,ffffffff`.
    mutating func append(bitmap bytes: Span<UInt8>, bits: Int) {
        var group = (bits + 31) / 32 - 1
        var isFirst = true
        while group >= 0 {
            let width = isFirst && bits % 32 != 0 ? bits % 32 : 32
            let word = bytes.number(at: group * 4, size: 4) & ((1 << UInt64(width)) - 1)
            if !isFirst { append(0x2C) }
            append(hexadecimal: word, width: (width + 3) / 4)
            isFirst = false
            group -= 1
        }
    }

    /// As `%*pbl`: `0-3,7`.
    mutating func append(bitmapList bytes: Span<UInt8>, bits: Int) {
        var bit = 0
        var isFirst = true
        while bit < bits {
            guard isSet(bit, in: bytes) else {
                bit += 1
                continue
            }
            var last = bit
            while last + 1 < bits, isSet(last + 1, in: bytes) { last += 1 }
            if !isFirst { append(0x2C) }
            isFirst = false
            append(decimal: bit)
            if last > bit {
                append(0x2D)
                append(decimal: last)
            }
            bit = last + 1
        }
    }

    private func isSet(_ bit: Int, in bytes: Span<UInt8>) -> Bool {
        bit / 8 < bytes.count && bytes[bit / 8] >> UInt8(bit % 8) & 1 == 1
    }

    // MARK: addresses

    /// As `%pI4`; bytes that are missing are 0.
    mutating func append(ipv4 bytes: Span<UInt8>, variant: UInt16) {
        for index in 0..<4 {
            if index > 0 { append(0x2E) }
            let byte = bytes.number(at: index, size: 1)
            let width = variant & PrintPointer.bare != 0 ? 3 : 0
            append(decimal: byte, width: width, padding: 0x30)
        }
    }

    /// As `%pI6` or, compressed, `%pI6c` (RFC 5952).
    mutating func append(ipv6 bytes: Span<UInt8>, variant: UInt16) {
        if variant & PrintPointer.compressed != 0 {
            append(compressed: bytes)
            return
        }
        for index in 0..<8 {
            if index > 0, variant & PrintPointer.bare == 0 { append(0x3A) }
            append(hexadecimal: group(index, of: bytes), width: 4)
        }
    }

    private func group(_ index: Int, of bytes: Span<UInt8>) -> UInt64 {
        bytes.number(at: index * 2, size: 1) << 8 | bytes.number(at: index * 2 + 1, size: 1)
    }

    private mutating func append(compressed bytes: Span<UInt8>) {
        let mapped = isMapped(bytes)
        let groups = mapped ? 6 : 8
        let gap = longestZeroes(of: bytes, groups: groups)
        var index = 0
        var needsColon = false
        while index < groups {
            if index == gap.lowerBound, gap.count > 1 {
                if needsColon || index == 0 { append(0x3A) }
                append(0x3A)
                needsColon = false
                index = gap.upperBound
                continue
            }
            if needsColon { append(0x3A) }
            needsColon = true
            append(hexadecimal: group(index, of: bytes))
            index += 1
        }
        if mapped {
            if needsColon { append(0x3A) }
            append(ipv4: bytes.clipped(12, 4), variant: 0)
        }
    }

    /// `::ffff:a.b.c.d`, or an ISATAP address.
    private func isMapped(_ bytes: Span<UInt8>) -> Bool {
        let zeroes = (0..<5).allSatisfy { group($0, of: bytes) == 0 }
        if zeroes, group(5, of: bytes) == 0xFFFF { return true }
        return group(4, of: bytes) | 0x0200 == 0x0200 && group(5, of: bytes) == 0x5EFE
    }

    private func longestZeroes(of bytes: Span<UInt8>, groups: Int) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups {
            var end = start
            while end < groups, group(end, of: bytes) == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }

    /// As `%pISpc`: by the family that the address begins with.
    mutating func append(socketAddress bytes: Span<UInt8>, variant: UInt16) {
        let port = bytes.number(at: 2, size: 1) << 8 | bytes.number(at: 3, size: 1)
        let hasPort = variant & PrintPointer.port != 0
        switch bytes.number(at: 0, size: 2) {
        case 2: append(ipv4: bytes.clipped(4, 4), variant: 0)
        case 10:
            if hasPort { append(0x5B) }
            append(ipv6: bytes.clipped(8, 16), variant: variant & PrintPointer.compressed)
            if hasPort { append(0x5D) }
        default:
            append("(einval)")
            return
        }
        if hasPort {
            append(0x3A)
            append(decimal: port)
        }
    }

    // MARK: identifiers

    /// As `%pU`: `01020304-0506-0708-090a-0b0c0d0e0f10`.
    mutating func append(uuid bytes: Span<UInt8>, variant: UInt16) {
        let isLittle = variant & PrintPointer.little != 0
        let places = isLittle ? Self.littlePlaces : Self.bigPlaces
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 { append(0x2D) }
            append(pair: bytes.number(at: places[index], size: 1), isUpper: variant & PrintPointer.upper != 0)
        }
    }

    private static var bigPlaces: [16 of Int] { [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] }
    private static var littlePlaces: [16 of Int] { [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] }

    private mutating func append(pair value: UInt64, isUpper: Bool) {
        for digit in [UInt8(value >> 4), UInt8(value & 0xF)] {
            append(digit < 10 ? 0x30 + digit : (isUpper ? 0x41 : 0x61) + digit - 10)
        }
    }

    /// As `%pM`: `00:11:22:33:44:55`.
    mutating func append(mac bytes: Span<UInt8>, variant: UInt16) {
        let isReversed = variant & PrintPointer.reversed != 0
        for index in 0..<6 {
            if index > 0, variant & PrintPointer.bare == 0 {
                append(variant & PrintPointer.dashes != 0 ? 0x2D : 0x3A)
            }
            append(hexadecimal: bytes.number(at: isReversed ? 5 - index : index, size: 1), width: 2)
        }
    }
}
