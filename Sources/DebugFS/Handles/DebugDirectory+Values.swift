public import PseudoFS

/// Values that stand in the file system themselves, and that the program has a handle for.
///
/// Each takes a name, the value to begin with, permission bits and an owner, and throws what ``DebugDirectory`` says.
extension DebugDirectory {
    /// A number of 8 bits, decimal.
    public func u8(
        _ name: String, _ value: UInt8 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt8> {
        DebugValue(debug, try number(name, .u8, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 16 bits, decimal.
    public func u16(
        _ name: String, _ value: UInt16 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt16> {
        DebugValue(debug, try number(name, .u16, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 32 bits, decimal.
    public func u32(
        _ name: String, _ value: UInt32 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt32> {
        DebugValue(debug, try number(name, .u32, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 64 bits, decimal.
    public func u64(
        _ name: String, _ value: UInt64 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt64> {
        DebugValue(debug, try number(name, .u64, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 8 bits, read as `0x2a`.
    public func x8(
        _ name: String, _ value: UInt8 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt8> {
        DebugValue(debug, try number(name, .x8, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 16 bits, read as `0x002a`.
    public func x16(
        _ name: String, _ value: UInt16 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt16> {
        DebugValue(debug, try number(name, .x16, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 32 bits, read as `0x0000002a`.
    public func x32(
        _ name: String, _ value: UInt32 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt32> {
        DebugValue(debug, try number(name, .x32, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A number of 64 bits, read as `0x000000000000002a`.
    public func x64(
        _ name: String, _ value: UInt64 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt64> {
        DebugValue(debug, try number(name, .x64, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A size: `debugfs_create_size_t`.
    public func size(
        _ name: String, _ value: UInt = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt> {
        DebugValue(debug, try number(name, .size, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// An `unsigned long`.
    public func ulong(
        _ name: String, _ value: UInt = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<UInt> {
        DebugValue(debug, try number(name, .ulong, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A signed number of 8 bits.
    public func s8(
        _ name: String, _ value: Int8 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<Int8> {
        DebugValue(debug, try number(name, .s8, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A signed number of 16 bits.
    public func s16(
        _ name: String, _ value: Int16 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<Int16> {
        DebugValue(debug, try number(name, .s16, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A signed number of 32 bits.
    public func s32(
        _ name: String, _ value: Int32 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<Int32> {
        DebugValue(debug, try number(name, .s32, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A signed number of 64 bits.
    public func s64(
        _ name: String, _ value: Int64 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<Int64> {
        DebugValue(debug, try number(name, .s64, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A signed number of 32 bits: `debugfs_create_atomic_t`.
    public func atomic(
        _ name: String, _ value: Int32 = 0, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugValue<Int32> {
        DebugValue(debug, try number(name, .atomic, UInt64(truncatingIfNeeded: value), mode, owner))
    }

    /// A truth value, read as `Y` or `N`.
    public func bool(
        _ name: String, _ value: Bool = false, mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugBool {
        DebugBool(debug, try number(name, .bool, value ? 1 : 0, mode, owner))
    }

    /// A line of text.
    ///
    /// - Throws: EFBIG over ``DebugLimits/stringBytesMax`` too.
    public func str(
        _ name: String, _ value: String = "", mode: UInt16 = 0o644, owner: Owner? = nil
    ) throws(Failure) -> DebugString {
        let mode = try check(name, mode, .str)
        return DebugString(debug, try plant(try debug.string(name, mode: mode, Array(value.utf8)), owner))
    }

    /// Bytes, which a client can only read.
    ///
    /// - Throws: EFBIG over ``DebugLimits/blobBytesMax`` too.
    public func blob(
        _ name: String, _ bytes: [UInt8], mode: UInt16 = 0o444, owner: Owner? = nil
    ) throws(Failure) -> DebugBlob {
        let mode = try check(name, mode, .blob)
        return DebugBlob(debug, try plant(try debug.array(name, .blob, mode: mode, .bytes(bytes)), owner))
    }

    /// Numbers with blanks between them, which a client can only read.
    ///
    /// - Throws: EFBIG over ``DebugLimits/blobBytesMax`` too.
    public func u32Array(
        _ name: String, _ numbers: [UInt32], mode: UInt16 = 0o444, owner: Owner? = nil
    ) throws(Failure) -> DebugArray {
        let mode = try check(name, mode, .u32Array)
        return DebugArray(debug, try plant(try debug.array(name, .u32Array, mode: mode, .numbers(numbers)), owner))
    }

    private func number(
        _ name: String, _ type: DebugType, _ bits: UInt64, _ mode: UInt16, _ owner: Owner?
    ) throws(Failure) -> NumberEntry {
        let mode = try check(name, mode, type)
        return try plant(debug.number(name, type, mode: mode, bits: bits), owner)
    }
}
