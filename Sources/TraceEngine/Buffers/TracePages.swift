public import Bytes
public import SystemPackage

/// What one lane of an instance holds, as the kernel's sub-buffers; nothing is consumed.
///
/// ```swift
/// var pages = try instance.makePages(lane: 0)
/// var out = ByteBuffer()
/// while pages.next(into: &out) {}            // a multiple of pages.size bytes
/// ```
///
/// The records of both sources are in it in the order of their times, up to what there was when it was made. The first
/// page says how many were overwritten and not told to a reader. What writers overwrite while it reads is left out.
/// Some 100 ns a record; takes two pages of memory. One thread at a time.
public struct TracePages: ~Copyable, @unchecked Sendable {
    // Sendable: everything is reached through this noncopyable value only.

    private var cursor: TraceCursor
    private let encoder: SubBufferEncoder
    private var payload = ByteBuffer()
    /// The time of a record that is in `payload` and went onto no page yet.
    private var waiting: UInt64?

    init(cursor: consuming TraceCursor, size: Int, lost: UInt64) {
        self.cursor = cursor
        encoder = SubBufferEncoder(size: size)
        encoder.markLost(lost)
    }

    /// Bytes of each page.
    public var size: Int { encoder.size }

    /// Appends the next page.
    ///
    /// - Parameter out: takes ``size`` bytes.
    /// - Returns: false at the end; nothing was appended then.
    public mutating func next(into out: inout ByteBuffer) -> Bool {
        if let time = waiting {
            waiting = nil
            guard encoder.append(payload.span, at: time) else { preconditionFailure("no page is large enough") }
        }
        while true {
            switch cursor.step(into: &payload) {
            case .record(let header):
                if encoder.append(payload.span, at: header.timestamp) { continue }
                waiting = header.timestamp
                encoder.take(into: &out)
                return true
            case .lost(_, let count):
                // A page says that something was lost before it: the one begun ends here.
                let isBegun = !encoder.isEmpty
                if isBegun { encoder.take(into: &out) }
                encoder.markLost(count)
                if isBegun { return true }
            case .empty, .ended:
                guard !encoder.isEmpty else { return false }
                encoder.take(into: &out)
                return true
            }
        }
    }
}

extension TraceInstance {
    /// Bytes of a sub-buffer: `buffer_subbuf_size_kb` times 1024.
    public var subBufferSize: Int { peek { $0?.ring(lane: 0).pageSize } ?? SubBuffer.defaultSize }

    /// What a lane holds, as kernel pages.
    ///
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func makePages(lane: Int) throws(Errno) -> TracePages {
        let cursor = try makeCursor(lane: lane)
        let rings = peek { $0.map { Array($0.rings(lane: lane)) } ?? [] }
        return TracePages(
            cursor: cursor, size: subBufferSize, lost: rings.reduce(0) { $0 + $1.lostCount })
    }
}
