/// Reads the entries of one block.
struct TrafficReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var place = 0
    private var before = RecordingFormat.Before()
    private(set) var operationCount: UInt64 = 0
    private(set) var gapCount: UInt64 = 0
    private(set) var lostCount: UInt64 = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    /// Gives the next entry.
    ///
    /// - Returns: whether there was one that makes sense.
    @_lifetime(self: copy self)
    mutating func next<Handler: RecordingHandler & ~Copyable>(_ handler: inout Handler) -> Bool {
        typealias Tag = RecordingFormat.Tag
        guard place < bytes.count else { return false }
        let tag = bytes[place]
        place += 1
        guard let kind = TrafficOperation.Kind(rawValue: tag & Tag.kindMask) else {
            return tag == Tag.lost && lost(&handler)
        }
        switch tag & Tag.placeMask {
        case Tag.nextPage: before.sector &+= TrafficOperation.sectorsPerPage
        case Tag.samePage: break
        default:
            guard let away = bytes.varint(at: &place) else { return false }
            let signed = UInt64(bitPattern: Zigzag.decode(away))
            before.sector &+= tag & Tag.placeMask == Tag.pagesAway ? signed << 3 : signed
        }
        switch tag & Tag.lengthMask {
        case Tag.noLength: before.storedBytes = 0
        case Tag.wholeLength: before.storedBytes = UInt32(TrafficOperation.pageBytes)
        case Tag.sameLength: break
        default:
            guard let length = bytes.varint(at: &place).flatMap({ UInt32(exactly: $0) }) else { return false }
            before.storedBytes = length
        }
        guard let passed = bytes.varint(at: &place), let nanoseconds = bytes.varint(at: &place) else { return false }
        before.time = tag & Tag.backwards != 0 ? before.time &- passed : before.time &+ passed
        operationCount += 1
        handler.happened(
            TrafficOperation(
                kind: kind, sector: before.sector, storedBytes: before.storedBytes, nanoseconds: nanoseconds,
                time: before.time))
        return true
    }

    @_lifetime(self: copy self)
    private mutating func lost<Handler: RecordingHandler & ~Copyable>(_ handler: inout Handler) -> Bool {
        guard let count = bytes.varint(at: &place) else { return false }
        gapCount += 1
        lostCount &+= count
        handler.lost(count == 0 ? nil : count)
        return true
    }
}
