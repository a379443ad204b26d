internal import Bytes

/// One sub-buffer of the kernel's, taken apart: every length in it is checked, whatever the bytes are.
///
/// Source: kernel/trace/ring_buffer.c, include/linux/ring_buffer.h (`struct ring_buffer_event`). A page of 60 records
/// takes about 1 us.
struct KernelPage: Equatable {
    /// What was lost before the page.
    enum Loss: Equatable {
        case none
        case some(UInt64)
        /// The page was too full to say how many.
        case unknown
    }

    /// A record as it stands there.
    struct Record: Equatable {
        /// The kernel's id of its event.
        var type: UInt16
        /// `common_flags`, and in the high byte `common_preempt_count`.
        var flags: UInt16
        var pid: Int32
        var timestamp: UInt64
        /// Its bytes from `common_type` on, up to three more than it has.
        var bytes: Range<Int>
    }

    /// What was lost before it.
    private(set) var loss = Loss.none
    /// Its records, in the order in which they stand.
    private(set) var records: [Record] = []
    /// The time of the last; 0 where there are none.
    private(set) var endTime: UInt64 = 0
    /// Whether it ended with bytes that cannot be records; those before them are good.
    private(set) var isDamaged = false

    /// Bits of the commit word beside the length (`RB_MISSED_EVENTS`, `RB_MISSED_STORED`); the first is added as a
    /// negative number, and so sets all above it too.
    private static let missedEvents: UInt64 = 1 << 31
    private static let missedStored: UInt64 = 1 << 30
    private static let lengthMask: UInt64 = 1 << 27 - 1
    /// The bits of a time that an absolute time stamp does not have (`TS_MSB`).
    private static let highBits: UInt64 = 0xF8 << 56

    /// An empty page, to parse into again and again.
    init() {}

    /// Takes a page apart, in place of what it held.
    ///
    /// - Parameters:
    ///   - page: as it was read; what lies beyond it is taken for missing.
    ///   - layout: where what stands.
    mutating func parse(_ page: Span<UInt8>, _ layout: PageLayout) {
        records.removeAll(keepingCapacity: true)
        loss = .none
        endTime = 0
        isDamaged = false
        guard page.count >= layout.dataOffset else {
            isDamaged = true
            return
        }
        var commit = page.word(at: layout.commitOffset, size: layout.commitSize)
        if layout.commitSize == 4 { commit &= 0xFFFF_FFFF }
        let used = Int(commit & Self.lengthMask)
        let end = layout.dataOffset + used
        guard end <= min(page.count, layout.size) else {
            isDamaged = true
            return
        }
        if commit & Self.missedEvents != 0 {
            let size = layout.commitSize
            let isStored = commit & Self.missedStored != 0 && end + size <= page.count
            loss = isStored ? .some(page.word(at: end, size: size)) : .unknown
        }
        var position = Position(offset: layout.dataOffset, time: page.word(at: layout.timestampOffset, size: 8))
        while position.offset < end {
            guard position.offset + 4 <= end, let step = position.next(in: page, end: end) else {
                isDamaged = true
                return
            }
            switch step {
            case .passed: continue
            case .rest: return
            case .record(let bytes):
                guard bytes.count >= 8 else { continue }
                let common = page.word(at: bytes.lowerBound, size: 8)
                endTime = position.time
                records.append(
                    Record(
                        type: UInt16(truncatingIfNeeded: common), flags: UInt16(truncatingIfNeeded: common >> 16),
                        pid: Int32(truncatingIfNeeded: common >> 32), timestamp: position.time, bytes: bytes))
            }
        }
    }

    private enum Step {
        /// A time, or what was discarded.
        case passed
        /// Nothing more on the page.
        case rest
        case record(Range<Int>)
    }

    private struct Position {
        var offset: Int
        var time: UInt64

        /// Goes on by one; nil where it cannot.
        mutating func next(in page: Span<UInt8>, end: Int) -> Step? {
            let head = page.word(at: offset, size: 4)
            let type = Int(head & 0x1F)
            let delta = head >> 5
            switch type {
            case 1...28:
                time &+= delta
                let start = offset + 4
                guard start + type * 4 <= end else { return nil }
                offset = start + type * 4
                return .record(start..<offset)
            case 29 where delta == 0: return .rest
            default:
                guard offset + 8 <= end else { return nil }
                let word = page.word(at: offset + 4, size: 4)
                switch type {
                case 30:
                    time &+= delta | word << 27
                    offset += 8
                    return .passed
                case 31:
                    time = Self.whole(delta | word << 27, after: time)
                    offset += 8
                    return .passed
                default:
                    // The length counts its own four bytes.
                    guard word >= 4, Int(word) <= end - offset - 4 else { return nil }
                    let start = offset + 8
                    offset += 4 + Int(word)
                    if type == 29 { return .passed }
                    time &+= delta
                    return .record(start..<offset)
                }
            }
        }

        /// An absolute time with the bits that it lacks (`rb_fix_abs_ts`).
        private static func whole(_ time: UInt64, after last: UInt64) -> UInt64 {
            guard last & highBits != 0 else { return time }
            let whole = time | last & highBits
            return whole < last ? whole &+ 1 << 59 : whole
        }
    }
}

extension Span where Element == UInt8 {
    /// The little-endian number of 4 or 8 bytes at an offset.
    @inline(__always)
    fileprivate func word(at offset: Int, size: Int) -> UInt64 {
        if offset <= count - 8 {
            let word = word(at: offset)
            return size == 8 ? word : word & 0xFFFF_FFFF
        }
        var word: UInt64 = 0
        for index in 0..<Swift.min(size, Swift.max(count - offset, 0)) {
            word |= UInt64(self[offset + index]) << UInt64(8 * index)
        }
        return word
    }
}
