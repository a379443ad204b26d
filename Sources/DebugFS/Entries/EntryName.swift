internal import Bytes

/// An entry's name in 24 bytes: up to 22 of them stand in it, longer names have an array of their own.
///
/// A million entries are a million names: a `String` of 16 bytes would take 16 and another 64 of `malloc`'s.
enum EntryName: Sendable {
    case short(InlineArray<22, UInt8>, UInt8)
    case long([UInt8])

    init(_ bytes: Span<UInt8>) {
        guard bytes.count <= 22 else {
            self = .long([UInt8](copying: bytes))
            return
        }
        var inline = InlineArray<22, UInt8>(repeating: 0)
        for index in bytes.indices { inline[index] = bytes[index] }
        self = .short(inline, UInt8(bytes.count))
    }

    /// Looks at the bytes.
    func with<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        switch self {
        case .short(let bytes, let count): body(bytes.span.extracting(0..<Int(count)))
        case .long(let bytes): body(bytes.span)
        }
    }

    /// Whether it comes before another name in the order of bytes.
    func precedes(_ other: Span<UInt8>) -> Bool {
        switch self {
        case .short(let bytes, let count): bytes.span.extracting(0..<Int(count)).precedes(other)
        case .long(let bytes): bytes.span.precedes(other)
        }
    }

    func equals(_ other: Span<UInt8>) -> Bool {
        switch self {
        case .short(let bytes, let count): bytes.span.extracting(0..<Int(count)).equals(other)
        case .long(let bytes): bytes.span.equals(other)
        }
    }

    var string: String { with { String(repairing: $0) } }
}
