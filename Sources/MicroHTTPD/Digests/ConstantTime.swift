/// Comparison whose time tells nothing about where two secrets differ.
public enum ConstantTime {
    /// Whether the bytes are the same. Different lengths are told at once: compare digests, not secrets.
    public static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
