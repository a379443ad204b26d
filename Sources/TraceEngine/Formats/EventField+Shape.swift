internal import Bytes

extension EventField {
    /// What a type and a size say of the bytes: `char[16]` is text, `struct x` is opaque, `pid_t` a number.
    ///
    /// - Parameters:
    ///   - type: the base type, without brackets and without `__data_loc`.
    ///   - hasBrackets: whether it is an array.
    ///   - count: the number in the brackets; 0 where there is none.
    ///   - size: bytes in the fixed part; 0 for an array up to the record's end.
    /// - Returns: the shape.
    static func shape(base type: String, hasBrackets: Bool, count: Int, size: Int) -> Shape {
        let words = type.split(separator: " ")
        let isStructure = words.contains { $0 == "struct" || $0 == "union" } && !type.contains("*")
        guard hasBrackets else {
            return !isStructure && [1, 2, 4, 8].contains(size) ? .number : .opaque
        }
        if words.last == "char", !words.contains("unsigned"), !words.contains("signed") { return .text }
        let known = type.contains("*") ? 8 : CType.named(type).map { Int($0.size) }
        let element = known ?? (count > 0 && size % count == 0 ? size / count : 1)
        if isStructure || ![1, 2, 4, 8].contains(element) || size % element != 0 { return .opaque }
        return .array(elementSize: element, count: size / element)
    }

    /// What a `__data_loc` or `__rel_loc` type says of the bytes behind the fixed part.
    ///
    /// - Parameters:
    ///   - type: what stands behind `__data_loc `, brackets included: `char[]`, `u64[]`, `cpumask_t`.
    ///   - relative: whether it is a `__rel_loc`.
    /// - Returns: the shape.
    static func dynamicShape(of type: String, relative: Bool) -> Shape {
        let base = String(type.prefix { $0 != "[" })
        let words = base.split(separator: " ")
        let isText = words.contains("char") && !words.contains("unsigned") && !words.contains("signed")
        let element = CType.named(base).map { Int($0.size) } ?? 1
        return .dynamic(elementSize: isText ? 1 : element, isText: isText, relative: relative)
    }

    /// The field's number in a record, extended to 64 bits by its sign; the descriptor of a dynamic field.
    ///
    /// A record cut short reads as zero.
    public func number(in record: Span<UInt8>) -> UInt64 {
        record.number(at: offset, size: size).extended(size: UInt8(min(size, 8)), isSigned: isSigned)
    }

    /// The field's bytes in a record, wherever they stand; cut to what the record has.
    ///
    /// Text is given whole, with its NULs.
    @_lifetime(copy record)
    public func bytes(in record: Span<UInt8>) -> Span<UInt8> {
        switch shape {
        case .dynamic(_, _, let relative):
            let place = Int(record.number(at: offset, size: 4))
            return record.clipped((place & 0xFFFF) + (relative ? offset + 4 : 0), place >> 16)
        default:
            // A size of 0 is C's flexible array: up to the end.
            return record.clipped(offset, size == 0 ? record.count : size)
        }
    }
}
