extension Span where Element == UInt8 {
    /// The eight bytes at an offset as a little-endian number, wherever they stand: one load.
    ///
    /// - Parameter offset: at most ``count`` - 8.
    /// - Returns: the number.
    @inlinable @inline(__always)
    public func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8, "outside the bytes")
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }
}
