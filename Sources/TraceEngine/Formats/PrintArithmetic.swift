/// The operators of C on 64-bit words that hold numbers of a type: the compiler folds constants with them, the
/// evaluator runs them.
///
/// Nothing traps: overflow wraps, a division by zero is 0, a shift takes its count modulo the width, as x86 does.
enum PrintArithmetic {
    /// The type of a number in an expression: what is narrower than `int` becomes `int`.
    static func promoted(_ type: CType) -> CType { type.size < 4 ? .int : type }

    /// The type both sides of an operator are brought to.
    static func common(_ left: CType, _ right: CType) -> CType {
        let left = promoted(left)
        let right = promoted(right)
        if left.size != right.size { return left.size > right.size ? left : right }
        return left.isSigned ? right : left
    }

    /// Applies an operator.
    ///
    /// - Parameters:
    ///   - operation: which one.
    ///   - left: extended to 64 bits by its own type.
    ///   - right: likewise.
    ///   - type: of the result; for a comparison of its sides.
    /// - Returns: the result, cut to its type and extended to 64 bits.
    @inline(__always)
    static func apply(
        _ operation: PrintNode.Operation, _ left: UInt64, _ right: UInt64, type: CType
    ) -> UInt64 {
        let value: UInt64
        switch operation {
        case .add: value = left &+ right
        case .subtract: value = left &- right
        case .multiply: value = left &* right
        case .divide, .remainder: value = divide(operation, left, right, type)
        case .shiftLeft: value = left << (right & mask(type))
        case .shiftRight:
            value =
                type.isSigned
                ? UInt64(bitPattern: Int64(bitPattern: left) >> Int64(right & mask(type)))
                : left >> (right & mask(type))
        case .bitAnd: value = left & right
        case .bitXor: value = left ^ right
        case .bitOr: value = left | right
        default: return compare(operation, left, right, type) ? 1 : 0
        }
        return value.extended(size: type.size, isSigned: type.isSigned)
    }

    private static func mask(_ type: CType) -> UInt64 { type.size == 8 ? 63 : 31 }

    private static func divide(
        _ operation: PrintNode.Operation, _ left: UInt64, _ right: UInt64, _ type: CType
    ) -> UInt64 {
        if right == 0 { return 0 }
        guard type.isSigned else { return operation == .divide ? left / right : left % right }
        let dividend = Int64(bitPattern: left)
        let divisor = Int64(bitPattern: right)
        let result =
            operation == .divide
            ? dividend.dividedReportingOverflow(by: divisor) : dividend.remainderReportingOverflow(dividingBy: divisor)
        return UInt64(bitPattern: result.partialValue)
    }

    private static func compare(
        _ operation: PrintNode.Operation, _ left: UInt64, _ right: UInt64, _ type: CType
    ) -> Bool {
        switch operation {
        case .equal: return left == right
        case .notEqual: return left != right
        default: break
        }
        let less = type.isSigned ? Int64(bitPattern: left) < Int64(bitPattern: right) : left < right
        switch operation {
        case .less: return less
        case .lessEqual: return less || left == right
        case .greater: return !less && left != right
        default: return !less
        }
    }
}
