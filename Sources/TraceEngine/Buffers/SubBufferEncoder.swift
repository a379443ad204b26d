public import Bytes

/// Makes the kernel's sub-buffers of records: what `trace_pipe_raw` gives, and the pages of a trace.dat.
///
/// ```swift
/// let encoder = SubBufferEncoder(size: 4096)
/// if !encoder.append(payload.span, at: header.timestamp) {
///     encoder.take(into: &out)                             // 4096 bytes
///     _ = encoder.append(payload.span, at: header.timestamp)
/// }
/// ```
///
/// A page is a u64 time of its first record, a u64 of which the low 20 bits say how many bytes of records follow, and the
/// records, each with what passed since the one before it; a time extend stands before one that came 2^27 ns later. Where
/// records were lost before the page, bit 31 is set, and with bit 30 their number stands as a u64 behind the records
/// (`ring_buffer_read_page` in kernel/trace/ring_buffer.c). Takes one page of memory; one thread at a time.
public final class SubBufferEncoder: @unchecked Sendable {
    // Sendable: one thread at a time uses it, as its owner promises. A class, so that a record may be lent to it by what
    // stands beside it in a structure.

    /// What a page says of records lost before it.
    private enum Loss {
        case none
        case counted(UInt64)
        case uncounted
    }

    private static var missedEvents: UInt64 { 1 << 31 }
    private static var missedStored: UInt64 { 1 << 30 }

    private let copy: SubBufferCopy
    private var lastTimestamp: UInt64 = 0
    private var loss = Loss.none

    /// An empty page.
    ///
    /// - Parameter size: bytes of each page, 4096 or more.
    public init(size: Int = 4096) {
        precondition(size >= SubBuffer.defaultSize, "a sub-buffer has 4096 bytes at least")
        copy = SubBufferCopy(size: size)
    }

    /// Bytes of each page.
    public var size: Int { copy.size }

    /// Whether no record is on the page.
    public var isEmpty: Bool { copy.page.used == 0 }

    /// Adds a record.
    ///
    /// - Parameters:
    ///   - payload: its bytes from `common_type` on, 8 to 4072 of them.
    ///   - timestamp: its time, ns.
    /// - Returns: false where it does not go onto this page, which is to be taken first.
    public func append(_ payload: Span<UInt8>, at timestamp: UInt64) -> Bool {
        precondition(payload.count >= 8 && payload.count <= SubBuffer.payloadMax, "no record has so many bytes")
        let page = copy.page
        var stamp = RecordStamp.delta(0)
        if page.used > 0 {
            guard let told = RecordStamp(timestamp, after: lastTimestamp) else { return false }
            stamp = told
        } else {
            page.timestamp = timestamp
        }
        let used = page.used + stamp.size + RecordStamp.recordSize(payload.count)
        // The number of those lost stands behind the records: a page has room for it, unless one record takes it all.
        let room = page.used > 0 ? page.dataSize - extraSize : page.dataSize
        guard used <= room else { return false }
        page.append(stamp: stamp, common: payload.word(at: 0), payload: payload)
        lastTimestamp = timestamp
        return true
    }

    /// Bytes behind the records that the page is to have room for.
    private var extraSize: Int { if case .counted = loss { 8 } else { 0 } }

    /// Says that records were lost before the page's first one. To be called while the page is empty.
    ///
    /// - Parameter count: how many; nil where that is not known.
    public func markLost(_ count: UInt64?) {
        switch (loss, count) {
        case (.none, let count?): loss = count > 0 ? .counted(count) : .none
        case (.counted(let before), let count?): loss = .counted(before + count)
        case (.uncounted, _), (_, nil): loss = .uncounted
        }
    }

    /// Appends the page, and begins another.
    ///
    /// - Parameter out: takes ``size`` bytes.
    public func take(into out: inout ByteBuffer) {
        let page = copy.page
        switch loss {
        case .none: page.append(flags: 0, extra: nil, to: &out)
        case .counted(let count) where page.used + 8 <= page.dataSize:
            page.append(flags: Self.missedEvents | Self.missedStored, extra: count, to: &out)
        case .counted, .uncounted: page.append(flags: Self.missedEvents, extra: nil, to: &out)
        }
        page.reset()
        page.timestamp = 0
        lastTimestamp = 0
        loss = .none
    }
}
