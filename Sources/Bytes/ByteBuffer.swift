/// A growing run of bytes with one owner: what every answer, listing and trace line is written into.
///
/// ```swift
/// var out = ByteBuffer()
/// out.append("cpu")
/// out.append(decimal: 3)
/// String(describing: out.text)        // "cpu3"
/// ```
///
/// It exists beside `[UInt8]` because an append to an array costs 25 to 40 ns (uniqueness check, capacity, a call
/// not inlined) where this one costs 3 to 5, and a listing makes three appends an entry. The memory is `malloc`'s,
/// grows by half and is freed with the value. Not a collection: read it through ``span``.
@safe public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has exactly one owner, this noncopyable value.

    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var room: Int
    @usableFromInline var held = 0

    /// How many bytes may be held before memory is asked for again.
    @inlinable public var capacity: Int { room }
    /// How many bytes are held.
    @inlinable public var count: Int { held }

    /// An empty buffer.
    ///
    /// - Parameter capacity: bytes to have room for at once; at least 64 are taken.
    public init(capacity: Int = 256) {
        room = max(capacity, 64)
        unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    }

    deinit { unsafe base.deallocate() }

    /// Whether nothing is held.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// The bytes held, borrowed.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Forgets the bytes and keeps the memory.
    public mutating func removeAll() { held = 0 }

    /// Forgets what was appended after the first `count` bytes.
    ///
    /// - Parameter count: how many to keep; more than there are is a programmer's error and traps.
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "truncate beyond the end")
        held = count
    }

    /// Sets bits of a byte that was appended.
    ///
    /// - Parameters:
    ///   - bits: which.
    ///   - offset: the byte's place; one at which there is none traps.
    public mutating func formUnion(_ bits: UInt8, at offset: Int) {
        precondition(offset >= 0 && offset < count, "beyond the end")
        unsafe base[offset] |= bits
    }

    /// Replaces bytes that were appended by a number, its low bytes first.
    ///
    /// - Parameters:
    ///   - value: the number.
    ///   - size: how many of its bytes, 1 to 8.
    ///   - offset: where the first goes; beyond what was appended it traps.
    @inlinable
    public mutating func store(_ value: UInt64, size: Int, at offset: Int) {
        precondition(size >= 1 && size <= 8 && offset >= 0 && offset <= count - size, "beyond the end")
        let target = unsafe UnsafeMutableRawPointer(base + offset)
        switch size {
        case 8: unsafe target.storeBytes(of: value.littleEndian, as: UInt64.self)
        case 4: unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, as: UInt32.self)
        default:
            var rest = value
            for index in 0..<size {
                unsafe base[offset + index] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
            }
        }
    }

    /// Replaces bytes that were appended by others.
    ///
    /// - Parameters:
    ///   - bytes: the others; none of this buffer's.
    ///   - offset: where the first goes; beyond what was appended it traps.
    public mutating func store(_ bytes: Span<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset <= count - bytes.count, "beyond the end")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + offset).update(from: start, count: source.count)
        }
    }

    /// Drops the first bytes; the rest moves to the front.
    ///
    /// - Parameter count: how many; more than there are traps. Costs one move of what stays.
    public mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "remove beyond the end")
        unsafe base.update(from: base + count, count: self.count - count)
        held -= count
    }

    /// Makes room for `additional` bytes more.
    public mutating func reserve(_ additional: Int) {
        if capacity - count < additional { grow(additional) }
    }

    @usableFromInline mutating func grow(_ additional: Int) {
        let wanted = max(count + additional, capacity + capacity / 2)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        unsafe larger.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = unsafe larger
        room = wanted
    }

    /// Gives memory above `capacity` bytes back, after one large answer.
    public mutating func shrink(to capacity: Int) {
        guard self.capacity > max(capacity, 64), count <= capacity else { return }
        var smaller = ByteBuffer(capacity: capacity)
        smaller.append(span)
        swap(&self, &smaller)
    }

    // MARK: appending

    /// Appends one byte. Inlined: quotes and commas are most of what is appended.
    @inlinable public mutating func append(_ byte: UInt8) {
        if count == capacity { grow(1) }
        unsafe base[count] = byte
        held += 1
    }

    /// Appends bytes.
    public mutating func append(_ bytes: Span<UInt8>) {
        reserve(bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + count).update(from: start, count: source.count)
        }
        held += bytes.count
    }

    /// Appends the UTF-8 of a string. Disfavoured, so that a literal takes the way below, which counts no reference.
    @_disfavoredOverload
    public mutating func append(_ string: String) {
        var string = string
        let length = string.utf8.count
        reserve(length)
        string.withUTF8 { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + count).update(from: start, count: source.count)
        }
        held += length
    }

    /// Appends a literal: nothing is counted or retained.
    public mutating func append(_ literal: StaticString) {
        let length = literal.utf8CodeUnitCount
        reserve(length)
        if literal.hasPointerRepresentation {
            unsafe (base + count).update(from: literal.utf8Start, count: length)
            held += length
        } else {
            literal.withUTF8Buffer { unsafe append(Span(_unsafeElements: $0)) }
        }
    }

    /// Appends the same byte several times.
    public mutating func append(repeating byte: UInt8, count times: Int) {
        guard times > 0 else { return }
        reserve(times)
        unsafe (base + count).update(repeating: byte, count: times)
        held += times
    }

    /// Appends a word of eight bytes several times, in the machine's byte order.
    public mutating func append(repeating word: UInt64, times: Int) {
        guard times > 0 else { return }
        reserve(times * 8)
        let start = unsafe UnsafeMutableRawPointer(base + count)
        for index in 0..<times { unsafe start.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self) }
        held += times * 8
    }

    /// Appends what a closure writes, straight into the buffer's own memory.
    ///
    /// - Parameters:
    ///   - room: how many bytes it may write at most.
    ///   - write: gets an empty span of that capacity. Where it throws, nothing is appended.
    /// - Throws: what the closure throws.
    @inlinable
    public mutating func append<Failure: Error>(
        upTo room: Int, _ write: (inout OutputSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        reserve(room)
        let tail = unsafe UnsafeMutableBufferPointer(start: base + held, count: room)
        var output = unsafe OutputSpan(buffer: tail, initializedCount: 0)
        try write(&output)
        held += unsafe output.finalize(for: tail)
    }

    /// The bytes as a string; what is not UTF-8 becomes U+FFFD.
    public var text: String { String(repairing: span) }

    /// The bytes as an array, copied.
    public var array: [UInt8] { [UInt8](copying: span) }
}
