internal import Bytes
public import SystemPackage

/// Writes a recording: operations in, blocks of some 32 KiB out.
///
/// ```swift
/// var writer = try RecordingWriter(RecordingHeader(pool: "swap")) { bytes throws(Errno) in try file.write(bytes) }
/// try writer.append(operation)
/// try writer.append(lost: 580)
/// try writer.finish()
/// ```
/// Constant memory. A crash loses what came after the last block: who records slowly calls ``endBlock()`` from time to
/// time, which costs 32 bytes. After an error of the sink nothing more should be written: the recording ends before the
/// block that failed.
public struct RecordingWriter: ~Copyable {
    /// Takes bytes; all of them, or throws.
    public typealias Sink = (Span<UInt8>) throws(Errno) -> Void

    private let sink: Sink
    private let seed: UInt64
    private var payload = ByteBuffer(capacity: RecordingFormat.payloadBytes + 64)
    private var before = RecordingFormat.Before()
    private var entries: UInt32 = 0
    private var sequence: UInt32 = 0
    /// Operations appended.
    public private(set) var operationCount: UInt64 = 0
    /// Times that events were lost.
    public private(set) var gapCount: UInt64 = 0
    /// Events known to be lost.
    public private(set) var lostCount: UInt64 = 0
    /// Bytes given to the sink.
    public private(set) var byteCount: UInt64 = 0

    /// Writes the header.
    ///
    /// - Parameters:
    ///   - header: what the recording says of itself; its texts have 60 KiB together at most.
    ///   - sink: takes the bytes, in order.
    /// - Throws: what the sink throws; EINVAL for a header that is too long.
    public init(_ header: RecordingHeader, to sink: @escaping Sink) throws(Errno) {
        self.sink = sink
        var json = ByteBuffer()
        header.append(to: &json)
        var prefix = ByteBuffer()
        for byte in RecordingFormat.magic { prefix.append(byte) }
        prefix.append(UInt64(RecordingFormat.version), bytes: 4)
        prefix.append(UInt64(json.count), bytes: 4)
        seed = RecordingFormat.hash(prefix: prefix.span, json: json.span)
        prefix.append(seed, bytes: 8)
        prefix.append(json.span)
        guard json.count <= RecordingFormat.headerBytesMax else { throw .invalidArgument }
        try sink(prefix.span)
        byteCount = UInt64(prefix.count)
    }

    /// Appends an operation.
    ///
    /// - Throws: what the sink throws, where a block is full.
    public mutating func append(_ operation: TrafficOperation) throws(Errno) {
        typealias Tag = RecordingFormat.Tag
        var tag = operation.kind.rawValue
        let away = Int64(bitPattern: operation.sector &- before.sector)
        switch away {
        case Int64(TrafficOperation.sectorsPerPage): tag |= Tag.nextPage
        case 0: tag |= Tag.samePage
        default: tag |= away & 7 == 0 ? Tag.pagesAway : Tag.sectorsAway
        }
        switch operation.storedBytes {
        case 0: tag |= Tag.noLength
        case UInt32(TrafficOperation.pageBytes): tag |= Tag.wholeLength
        case before.storedBytes: tag |= Tag.sameLength
        default: tag |= Tag.otherLength
        }
        let later = operation.time &- before.time
        let isBack = Int64(bitPattern: later) < 0
        if isBack { tag |= Tag.backwards }
        payload.append(tag)
        switch tag & Tag.placeMask {
        case Tag.pagesAway: payload.append(varint: Zigzag.encode(away >> 3))
        case Tag.sectorsAway: payload.append(varint: Zigzag.encode(away))
        default: break
        }
        if tag & Tag.lengthMask == Tag.otherLength { payload.append(varint: UInt64(operation.storedBytes)) }
        payload.append(varint: isBack ? 0 &- later : later)
        payload.append(varint: operation.nanoseconds)
        before = RecordingFormat.Before(
            sector: operation.sector, storedBytes: operation.storedBytes, time: operation.time)
        operationCount += 1
        try count()
    }

    /// Marks that events were lost here.
    ///
    /// - Parameter count: how many; nil where that is not known.
    /// - Throws: what the sink throws, where a block is full.
    public mutating func append(lost count: UInt64?) throws(Errno) {
        payload.append(RecordingFormat.Tag.lost)
        payload.append(varint: count ?? 0)
        gapCount += 1
        lostCount &+= count ?? 0
        try self.count()
    }

    private mutating func count() throws(Errno) {
        entries += 1
        if payload.count >= RecordingFormat.payloadBytes { try endBlock() }
    }

    /// Writes what was not written yet, so that a crash cannot take it.
    ///
    /// - Throws: what the sink throws.
    public mutating func endBlock() throws(Errno) {
        if entries > 0 { try write(.traffic) }
    }

    /// Writes what was not written yet, and that this is the end.
    ///
    /// - Throws: what the sink throws.
    public consuming func finish() throws(Errno) {
        try endBlock()
        payload.append(varint: operationCount)
        payload.append(varint: gapCount)
        payload.append(varint: lostCount)
        try write(.end)
    }

    private mutating func write(_ kind: RecordingFormat.Block) throws(Errno) {
        var head = ByteBuffer(capacity: 64)
        head.append(UInt64(kind.rawValue), bytes: 4)
        head.append(UInt64(payload.count), bytes: 4)
        head.append(UInt64(entries), bytes: 4)
        head.append(UInt64(sequence), bytes: 4)
        head.append(Hash64.ofMany(payload.span, seed: seed), bytes: 8)
        let hash = Hash64.of(head.span, seed: seed)
        head.append(hash, bytes: 8)
        try sink(head.span)
        try sink(payload.span)
        byteCount += UInt64(head.count + payload.count)
        payload.removeAll()
        before = RecordingFormat.Before()
        entries = 0
        sequence &+= 1
    }
}
