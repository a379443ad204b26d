internal import Bytes

/// The tokens of JSON as programs write them: names and text without escapes, integers. Whatever is not so simple is
/// nil or false, and for ``JSONReader`` to judge; nothing that it refuses is taken.
extension Span where Element == UInt8 {
    /// Takes a byte, and white space before it.
    @inline(__always)
    func take(_ byte: UInt8, at offset: inout Int) -> Bool {
        if offset < count, self[offset] == byte {
            offset += 1
            return true
        }
        return takeBehindSpace(byte, at: &offset)
    }

    private func takeBehindSpace(_ byte: UInt8, at offset: inout Int) -> Bool {
        skipSpace(at: &offset)
        guard offset < count, self[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// Passes over JSON's white space.
    func skipSpace(at offset: inout Int) {
        while offset < count {
            switch self[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    /// Takes a string of ASCII without escapes.
    ///
    /// - Returns: where its inside stands; nil where there is no such string, and `offset` is where one would begin.
    @inline(__always)
    func takePlainString(at offset: inout Int) -> Range<Int>? {
        var place = offset
        guard take(0x22, at: &place) else { return nil }
        let end = place + plainJSONLength(from: place)
        guard end < count, self[end] == 0x22 else {
            offset = place - 1
            return nil
        }
        offset = end + 1
        return place..<end
    }

    /// Takes an integer of at most 19 digits that is not followed by what would make it another number.
    @inline(__always)
    func takeInteger(at offset: inout Int) -> (magnitude: UInt64, isNegative: Bool)? {
        skipSpace(at: &offset)
        guard let number = digits(from: offset, mayLeadWithZero: false) else { return nil }
        if number.end < count {
            switch self[number.end] {
            case 0x2E, 0x45, 0x65, 0x2B, 0x2D: return nil
            default: break
            }
        }
        offset = number.end
        return (number.magnitude, number.isNegative)
    }

    /// The digits from a place on, at most 19, behind a minus or none.
    @inline(__always)
    func digits(
        from start: Int, mayLeadWithZero: Bool
    ) -> (magnitude: UInt64, isNegative: Bool, end: Int)? {
        var place = start
        let isNegative = place < count && self[place] == 0x2D
        if isNegative { place += 1 }
        let first = place
        var magnitude: UInt64 = 0
        while place < count, self[place] &- 0x30 < 10 {
            magnitude = magnitude &* 10 &+ UInt64(self[place] &- 0x30)
            place += 1
        }
        guard place > first, place - first <= 19 else { return nil }
        if !mayLeadWithZero, place - first > 1, self[first] == 0x30 { return nil }
        return (magnitude, isNegative, place)
    }
}
