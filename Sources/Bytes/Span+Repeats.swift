import Glibc

extension Span where Element == UInt8 {
    /// The word of eight bytes, in the machine's byte order, that these bytes repeat from end to end; nil where they
    /// do not, or are no multiple of eight.
    ///
    /// One comparison of the bytes with themselves eight further on: it ends at the first that differs, so data costs
    /// some 10 ns and 4 KiB of zeros 0.1 us.
    public var repeatedWord: UInt64? {
        guard count >= 8, count % 8 == 0 else { return nil }
        return unsafe withUnsafeBytes { raw in
            let start = unsafe raw.baseAddress.unsafelyUnwrapped
            guard unsafe memcmp(start, start + 8, raw.count - 8) == 0 else { return nil }
            return unsafe start.loadUnaligned(as: UInt64.self)
        }
    }
}
