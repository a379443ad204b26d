internal import Bytes

/// Reads a recording, in pieces of any size, and calls for each operation.
///
/// ```swift
/// var parser = RecordingParser()
/// while let piece = try file.read() { try parser.take(piece, &handler) }
/// try parser.finish()
/// ```
/// Memory is constant: one block of 64 KiB at most, whatever a length field says. Nothing of a block is given before its
/// hash was right; so what was given before an error is what was recorded.
public struct RecordingParser: ~Copyable {
    /// The header, once it was read.
    public private(set) var header: RecordingHeader?
    /// Bytes taken and understood: where the last whole block ends.
    public private(set) var offset: UInt64 = 0
    /// Operations given.
    public private(set) var operationCount: UInt64 = 0
    private var gapCount: UInt64 = 0
    private var lostCount: UInt64 = 0
    private var pending = ByteBuffer(capacity: RecordingFormat.payloadBytesMax * 2)
    private var seed: UInt64 = 0
    private var sequence: UInt32 = 0
    private var isOver = false
    private var failure: RecordingError?

    /// Starts at the first byte.
    public init() {}

    /// Takes the next bytes, and gives what is whole by then.
    ///
    /// - Parameters:
    ///   - bytes: any number of them.
    ///   - handler: is called for each operation.
    /// - Throws: what is wrong, and the same at every further call.
    public mutating func take<Handler: RecordingHandler & ~Copyable>(
        _ bytes: Span<UInt8>, _ handler: inout Handler
    ) throws(RecordingError) {
        if let failure { throw failure }
        do throws(RecordingError) {
            var taken = 0
            while taken < bytes.count {
                // In pieces, so that what is kept is bounded whatever is given.
                let end = min(taken + RecordingFormat.payloadBytesMax, bytes.count)
                pending.append(bytes.extracting(taken..<end))
                taken = end
                // Out of the value, for what is read from it is written to the others.
                var held = ByteBuffer(capacity: 64)
                swap(&held, &pending)
                defer { swap(&held, &pending) }
                held.removeFirst(try parse(held.span, &handler))
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Says that there are no more bytes.
    ///
    /// - Throws: `cutShort` where the end is missing, and what ``take(_:_:)`` threw.
    public func finish() throws(RecordingError) {
        if let failure { throw failure }
        if !isOver { throw RecordingError(header == nil && pending.isEmpty ? .foreign : .cutShort, at: offset) }
    }

    /// Whether bytes begin as a recording does.
    private static func mayBeOne(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<min(bytes.count, RecordingFormat.magic.count)
        where bytes[index] != RecordingFormat.magic[index] {
            return false
        }
        return true
    }

    // MARK: the frame

    /// - Returns: how many of the bytes were understood.
    private mutating func parse<Handler: RecordingHandler & ~Copyable>(
        _ bytes: Span<UInt8>, _ handler: inout Handler
    ) throws(RecordingError) -> Int {
        var used = 0
        if header == nil {
            guard let length = try parseHeader(bytes) else { return 0 }
            used = length
            offset += UInt64(length)
            if let header { handler.began(header) }
        }
        while let length = try parseBlock(bytes.extracting(used..<bytes.count), &handler) {
            used += length
            offset += UInt64(length)
        }
        return used
    }

    /// - Returns: the bytes of the header, or nil where it is not whole.
    private mutating func parseHeader(_ bytes: Span<UInt8>) throws(RecordingError) -> Int? {
        if !Self.mayBeOne(bytes) { throw RecordingError(.foreign, at: 0) }
        if bytes.count < RecordingFormat.magic.count + 2 { return nil }
        let version = UInt16(truncatingIfNeeded: bytes.number(at: 8, bytes: 2))
        if version > RecordingFormat.version { throw RecordingError(.newer(version), at: 8) }
        if bytes.count < RecordingFormat.prefixBytes { return nil }
        let length = Int(bytes.number(at: 12, bytes: 4))
        guard version > 0, bytes.number(at: 10, bytes: 2) == 0, length <= RecordingFormat.headerBytesMax else {
            throw RecordingError(.damaged("the header is none"), at: 8)
        }
        let end = RecordingFormat.prefixBytes + length
        if bytes.count < end { return nil }
        let json = bytes.extracting(RecordingFormat.prefixBytes..<end)
        seed = bytes.number(at: 16, bytes: 8)
        guard RecordingFormat.hash(prefix: bytes.extracting(0..<16), json: json) == seed else {
            throw RecordingError(.damaged("the header has another hash"), at: 0)
        }
        guard let header = RecordingHeader(json) else {
            throw RecordingError(.damaged("the header does not say what is needed"), at: 24)
        }
        self.header = header
        return end
    }

    /// - Returns: the bytes of the block, or nil where it is not whole.
    private mutating func parseBlock<Handler: RecordingHandler & ~Copyable>(
        _ bytes: Span<UInt8>, _ handler: inout Handler
    ) throws(RecordingError) -> Int? {
        if bytes.isEmpty { return nil }
        if isOver { throw damaged("something follows the end") }
        if bytes.count < RecordingFormat.headBytes { return nil }
        guard Hash64.of(bytes.extracting(0..<24), seed: seed) == bytes.number(at: 24, bytes: 8) else {
            throw damaged("a block's head has another hash")
        }
        let length = Int(bytes.number(at: 4, bytes: 4))
        guard length <= RecordingFormat.payloadBytesMax, bytes.number(at: 1, bytes: 3) == 0,
            let kind = RecordingFormat.Block(rawValue: bytes[0])
        else { throw damaged("a block is of no kind that there is") }
        guard bytes.number(at: 12, bytes: 4) == UInt64(sequence) else { throw damaged("a block is missing") }
        let end = RecordingFormat.headBytes + length
        if bytes.count < end { return nil }
        let payload = bytes.extracting(RecordingFormat.headBytes..<end)
        guard Hash64.ofMany(payload, seed: seed) == bytes.number(at: 16, bytes: 8) else {
            throw damaged("a block has another hash")
        }
        let counts = (operationCount, gapCount, lostCount)
        switch kind {
        case .traffic:
            var reader = TrafficReader(payload)
            for _ in 0..<bytes.number(at: 8, bytes: 4) {
                guard reader.next(&handler) else { throw damaged("an entry is none") }
            }
            guard reader.isAtEnd else { throw damaged("a block has more than its entries") }
            operationCount += reader.operationCount
            gapCount += reader.gapCount
            lostCount &+= reader.lostCount
        case .end:
            var place = 0
            guard let operations = payload.varint(at: &place), let gaps = payload.varint(at: &place),
                let lost = payload.varint(at: &place), place == payload.count, (operations, gaps, lost) == counts
            else { throw damaged("the end does not count what is there") }
            isOver = true
        }
        sequence &+= 1
        return end
    }

    private func damaged(_ what: String) -> RecordingError { RecordingError(.damaged(what), at: offset) }
}
