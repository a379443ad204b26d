import Glibc

extension Span where Element == UInt8 {
    /// Whether the bytes are those of a string.
    public func equals(_ string: String) -> Bool {
        let other = string.utf8Span.span
        return equals(other)
    }

    /// Whether the bytes are the same.
    public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBufferPointer { left in
            unsafe other.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return unsafe memcmp(left, right, count) == 0
            }
        }
    }

    /// Whether the bytes come before others in the order of bytes, the shorter first where one begins the other.
    public func precedes(_ other: Span<UInt8>) -> Bool {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return self[index] < other[index]
        }
        return count < other.count
    }

    /// Whether the bytes are those of an ASCII word in any case: `Expect`, `EXPECT`.
    ///
    /// - Parameter lowercased: the word in lower case.
    /// - Returns: whether they are.
    public func equalsIgnoringCase(_ lowercased: StaticString) -> Bool {
        guard count == lowercased.utf8CodeUnitCount else { return false }
        return lowercased.withUTF8Buffer { word in
            for index in indices {
                let byte = self[index]
                let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                if unsafe lower != word[index] { return false }
            }
            return true
        }
    }

    /// Whether the bytes begin with those of a string.
    public func starts(with prefix: String) -> Bool {
        let length = prefix.utf8.count
        return count >= length && extracting(0..<length).equals(prefix)
    }

    /// Where a byte stands first.
    ///
    /// - Parameters:
    ///   - byte: which.
    ///   - start: where to begin; at most ``count``.
    /// - Returns: its index, or nil.
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        unsafe withUnsafeBytes { raw in
            precondition(start >= 0 && start <= raw.count, "search beyond the end")
            guard let base = raw.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), raw.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// The bytes without spaces, tabs, carriage returns and newlines at both ends.
    public var trimmed: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var start = 0
            var end = count
            while start < end, isSpace(self[start]) { start += 1 }
            while end > start, isSpace(self[end - 1]) { end -= 1 }
            return extracting(start..<end)
        }
    }

    /// The bytes without one newline at the end, as `kstrtoul` takes them.
    public var withoutNewline: Span<UInt8> {
        @_lifetime(copy self)
        get { count > 0 && self[count - 1] == 0x0A ? extracting(0..<(count - 1)) : self }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}

extension Array where Element == UInt8 {
    /// A copy of the bytes.
    public init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
}

extension String {
    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public init(repairing bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as text, or nil where they are not UTF-8.
    public init?(exactly bytes: Span<UInt8>) {
        guard let text = unsafe bytes.withUnsafeBufferPointer({ unsafe String(validating: $0, as: UTF8.self) })
        else { return nil }
        self = text
    }
}
