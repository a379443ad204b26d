internal import Bytes
internal import PseudoFS

extension DebugType {
    /// Bits of the number; 1 for a truth value.
    var width: Int {
        switch self {
        case .u8, .x8, .s8: 8
        case .u16, .x16, .s16: 16
        case .u32, .x32, .s32, .atomic: 32
        case .bool: 1
        default: 64
        }
    }

    var isSigned: Bool {
        switch self {
        case .s8, .s16, .s32, .s64, .atomic: true
        default: false
        }
    }

    var isHexadecimal: Bool {
        switch self {
        case .x8, .x16, .x32, .x64: true
        default: false
        }
    }

    /// What a number's bits mean.
    func value(of bits: UInt64) -> Value {
        if self == .bool { return .boolean(bits != 0) }
        return isSigned ? .integer(Int64(bitPattern: bits)) : .unsigned(bits)
    }

    /// The bits of what was written.
    ///
    /// - Throws: EINVAL where it is none, ERANGE where it does not fit the type.
    func bits(of text: Span<UInt8>) throws(Failure) -> UInt64 {
        if self == .bool { return try SimpleBool.parse(text) ? 1 : 0 }
        let bits: UInt64
        if isSigned {
            bits = UInt64(bitPattern: try SimpleNumber.signed(text))
        } else {
            bits = try SimpleNumber.unsigned(text)
        }
        guard holds(bits) else { throw SimpleNumber.outOfRange }
        return bits
    }

    /// Whether a number fits the type.
    private func holds(_ bits: UInt64) -> Bool {
        if width == 64 { return true }
        if isSigned {
            let number = Int64(bitPattern: bits)
            let most = Int64(1) << Int64(width - 1) - 1
            return number >= -most - 1 && number <= most
        }
        return bits >> UInt64(width) == 0
    }
}

extension ByteBuffer {
    /// Appends a number as debugfs prints its type: `%llu`, `%lld`, `0x%04llx`, `Y` or `N`, and a newline.
    mutating func append(text bits: UInt64, of type: DebugType) {
        if type == .bool {
            append(bits != 0 ? 0x59 : 0x4E)
        } else if type.isHexadecimal {
            append("0x")
            append(hexadecimal: bits, width: type.width / 4)
        } else if type.isSigned {
            append(signed: Int64(bitPattern: bits))
        } else {
            append(digits: bits)
        }
        append(0x0A)
    }
}
