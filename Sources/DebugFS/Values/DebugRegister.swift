internal import Bytes
internal import PseudoFS

/// A register of a `regset32`: a name, and what stands there.
public struct DebugRegister: Sendable, Equatable {
    /// The name, as it is printed.
    public let name: String
    /// The number.
    public let value: UInt32

    /// Names a number.
    public init(_ name: String, _ value: UInt32) {
        self.name = name
        self.value = value
    }

    static func value(of registers: [DebugRegister]) -> Value {
        .record(registers.map { .init($0.name, .unsigned(UInt64($0.value))) })
    }
}

extension ByteBuffer {
    /// Appends registers as `debugfs_print_regs32` does: `CTRL = 0x00000001`, one a line.
    mutating func append(registers: [DebugRegister]) {
        for register in registers {
            append(register.name)
            append(" = 0x")
            append(hexadecimal: UInt64(register.value), width: 8)
            append(0x0A)
        }
    }
}
