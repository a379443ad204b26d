internal import Bytes

/// A page of a ring buffer in the kernel's own layout: u64 timestamp, u64 commit, and records: 4080 bytes of them in a
/// page of the usual size, up to 512 KiB in one of another.
///
/// The low 20 bits of the commit word say how many data bytes are used, as in the kernel's. The kernel keeps the number
/// of records beside the page; here it stands in bits 32…47 of the same word, and how many were lost before the page in
/// bits 20…31 and 48…63, so that a buffer needs no memory for pages that were never touched. Who hands a page out keeps
/// the low 20 bits only.
///
/// A view, not an owner: valid while its ``BufferMemory`` is, which the ring buffer's lock sees to. Every access is
/// checked against the page.
@safe struct SubBuffer {
    /// Bytes of a page, unless `buffer_subbuf_size_kb` says otherwise.
    static let defaultSize = 4096
    /// Bytes before the first record.
    static let headerSize = 16
    /// The largest payload of one record: the smallest page without the record's head and length word.
    static let payloadMax = 4072

    private let base: UnsafeMutableRawPointer
    /// Bytes of this page, head included.
    let size: Int

    /// Bytes for records.
    @inline(__always)
    var dataSize: Int { size - Self.headerSize }

    @unsafe init(at base: UnsafeMutableRawPointer, size: Int) {
        unsafe self.base = unsafe base
        self.size = size
    }

    /// The time of the first record, ns.
    var timestamp: UInt64 {
        get { unsafe base.load(as: UInt64.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, as: UInt64.self) }
    }

    private var commit: UInt64 {
        get { unsafe base.load(fromByteOffset: 8, as: UInt64.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 8, as: UInt64.self) }
    }

    /// Data bytes used, padding records included.
    var used: Int { Int(commit & 0xF_FFFF) }

    /// Records written, read or not.
    var entries: Int { Int((commit >> 32) & 0xFFFF) }

    /// Records that were lost before the first one, at most ``missedMax``.
    var missed: UInt64 { (commit >> 20) & 0xFFF | (commit >> 48) << 12 }

    /// The most that ``missed`` can say.
    static let missedMax: UInt64 = 1 << 28 - 1

    /// Adds to ``missed``.
    func miss(_ count: UInt64) {
        let sum = count < Self.missedMax - missed ? missed + count : Self.missedMax
        commit = commit & 0x0000_FFFF_000F_FFFF | (sum & 0xFFF) << 20 | (sum >> 12) << 48
    }

    /// Makes the page empty; its timestamp stays.
    func reset() { commit = 0 }

    /// Takes the bytes of another page, as far as they are used.
    func copy(from other: SubBuffer) {
        precondition(other.used <= dataSize, "the page does not fit")
        unsafe base.copyMemory(from: other.base, byteCount: Self.headerSize + other.used)
    }

    // MARK: words and bytes of the data

    /// The u32 at a multiple of 4 within the data.
    @inline(__always)
    func word(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= dataSize - 4, "outside the page")
        return unsafe base.load(fromByteOffset: Self.headerSize + offset, as: UInt32.self)
    }

    @inline(__always)
    private func store(_ word: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset <= dataSize - 4, "outside the page")
        unsafe base.storeBytes(of: word, toByteOffset: Self.headerSize + offset, as: UInt32.self)
    }

    /// Appends a record's payload to a buffer.
    func append(_ range: Range<Int>, to out: inout ByteBuffer) {
        precondition(range.lowerBound >= 0 && range.upperBound <= dataSize, "outside the page")
        let start = unsafe base + Self.headerSize + range.lowerBound
        unsafe out.append(Span(_unsafeStart: start.assumingMemoryBound(to: UInt8.self), count: range.count))
    }

    /// Lends a record's payload.
    func withPayload<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= dataSize, "outside the page")
        let start = unsafe base + Self.headerSize + range.lowerBound
        return body(unsafe Span(_unsafeStart: start.assumingMemoryBound(to: UInt8.self), count: range.count))
    }

    /// Appends the page as the kernel hands it out.
    ///
    /// - Parameters:
    ///   - flags: what stands in the commit word beside the number of bytes used.
    ///   - extra: eight bytes behind those, which the number does not count.
    ///   - out: takes all bytes of the page; what is not used is zero.
    func append(flags: UInt64, extra: UInt64?, to out: inout ByteBuffer) {
        let used = used
        precondition(extra == nil || used + 8 <= dataSize, "no room behind the records")
        let start = out.count
        out.append(littleEndian: timestamp)
        out.append(littleEndian: UInt64(used) | flags)
        append(0..<used, to: &out)
        if let extra { out.append(littleEndian: extra) }
        out.append(repeating: 0 as UInt8, count: size - (out.count - start))
    }

    // MARK: writing

    /// Appends a record; the caller has seen to it that it fits.
    ///
    /// - Parameters:
    ///   - stamp: how its time is told.
    ///   - common: the eight bytes of the common header, which take the place of the payload's first eight.
    ///   - payload: 8 to 4072 bytes.
    @inline(__always)
    func append(stamp: RecordStamp, common: UInt64, payload: Span<UInt8>) {
        var offset = used
        let length = RecordStamp.recordSize(payload.count) + stamp.size
        precondition(payload.count >= 8 && length <= dataSize - offset, "the record does not fit")
        let delta: UInt32
        switch stamp {
        case .delta(let value): delta = value
        case .extend(let value):
            offset = put(kind: 30, value, at: offset)
            delta = 0
        case .absolute(let value):
            offset = put(kind: 31, value, at: offset)
            delta = 0
        }
        let words = (payload.count + 3) / 4
        if words <= 28 {
            store(UInt32(words) | delta << 5, at: offset)
            offset += 4
        } else {
            store(delta << 5, at: offset)
            store(UInt32(words * 4 + 4), at: offset + 4)
            offset += 8
        }
        store(0, at: offset + words * 4 - 4)  // the bytes between the payload's end and the next word
        unsafe payload.withUnsafeBytes { source in
            let target = unsafe base + Self.headerSize + offset
            unsafe target.copyMemory(from: source.baseAddress.unsafelyUnwrapped, byteCount: source.count)
            unsafe target.storeBytes(of: common, as: UInt64.self)
        }
        commit += UInt64(length) | 1 << 32
    }

    private func put(kind: UInt32, _ value: UInt64, at offset: Int) -> Int {
        store(kind | UInt32(truncatingIfNeeded: value & 0x7FF_FFFF) << 5, at: offset)
        store(UInt32(truncatingIfNeeded: value >> 27), at: offset + 4)
        return offset + 8
    }

    /// Fills the rest with a padding record, as the kernel does when the next record does not fit.
    ///
    /// - Returns: the bytes it took: none where less than eight were left.
    func pad() -> Int {
        let offset = used
        let rest = dataSize - offset
        guard rest >= 8 else { return 0 }
        store(29 | 1 << 5, at: offset)
        store(UInt32(rest - 4), at: offset + 4)
        commit += UInt64(rest)
        return rest
    }
}
