/// A small record under construction, on the stack: what a ``Tracepoint`` fills.
///
/// Fields are stored at the offsets of the event's format; what nobody stores is zero. At most 256 bytes: a dynamic
/// field that does not fit is cut.
public struct TracePayload: ~Copyable {
    /// Bytes there is room for.
    public static let capacity = 256

    @usableFromInline var bytes = InlineArray<256, UInt8>(repeating: 0)
    @usableFromInline var end: Int

    /// Bytes of the record up to now.
    public var count: Int { end }

    /// A record whose fixed part takes so many bytes, the common header included.
    @inlinable public init(fixedSize: Int) {
        precondition(fixedSize >= 8 && fixedSize <= Self.capacity, "no room for the fixed part")
        end = fixedSize
    }

    /// Stores a number at an offset of the fixed part.
    @inlinable @inline(__always)
    public mutating func store(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        precondition(offset >= 8 && offset + value.bitWidth / 8 <= Self.capacity, "outside the fixed part")
        var rest = UInt64(truncatingIfNeeded: value)
        for index in 0..<(value.bitWidth / 8) {
            bytes[offset &+ index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }

    /// Stores bytes behind the fixed part, with a NUL, and their `__data_loc` at an offset of it.
    public mutating func store(text: Span<UInt8>, at offset: Int) {
        let length = min(text.count, Self.capacity - count - 1)
        store(UInt32(count) | UInt32(length + 1) << 16, at: offset)
        for index in 0..<length { bytes[count + index] = text[index] }
        end += length + 1
    }

    /// The record.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { bytes.span.extracting(0..<count) }
    }
}
