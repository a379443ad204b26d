internal import Bytes

extension TextPattern.Kind {
    /// Whether a field's bytes match, compared as the kernel does.
    ///
    /// - Parameters:
    ///   - bytes: the field's bytes, as far as the record has them.
    ///   - length: how long the field says it is, its NUL among it: 16 for `char[16]`. 0 is text up to a NUL.
    ///   - pattern: without stars, but for a glob; it has no NUL.
    /// - Returns: whether they match. An ending is looked for before the last byte of the field's length, wherever the
    ///   text ends: in `char[16]` only a text of 15 bytes has one. So it is in Linux.
    @inline(__always)
    func matches(_ bytes: Span<UInt8>, length: Int, _ pattern: Span<UInt8>) -> Bool {
        switch self {
        case .full:
            if length > 0, length < pattern.count { return false }
            return Self.begins(bytes, with: pattern)
                && (pattern.count == bytes.count || pattern.count == length || bytes[pattern.count] == 0)
        case .front:
            if length > 0, length < pattern.count { return false }
            return Self.begins(bytes, with: pattern)
        case .middle: return Self.contains(length > 0 ? bytes : bytes.untilNUL, pattern)
        case .end:
            let start = length - 1 - pattern.count
            guard start >= 0, length - 1 <= bytes.count else { return false }
            return Self.begins(bytes.extracting(start..<bytes.count), with: pattern)
        case .glob: return KernelGlob.matches(bytes.untilNUL, pattern)
        }
    }

    @inline(__always)
    private static func begins(_ bytes: Span<UInt8>, with pattern: Span<UInt8>) -> Bool {
        guard bytes.count >= pattern.count else { return false }
        for index in 0..<pattern.count where bytes[index] != pattern[index] { return false }
        return true
    }

    private static func contains(_ bytes: Span<UInt8>, _ pattern: Span<UInt8>) -> Bool {
        guard pattern.count > 0 else { return true }
        var start = 0
        while let found = bytes.firstIndex(of: pattern[0], from: start), found + pattern.count <= bytes.count {
            if begins(bytes.extracting(found..<bytes.count), with: pattern) { return true }
            start = found + 1
        }
        return false
    }
}
