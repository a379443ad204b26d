internal import Bytes
internal import SystemPackage

/// Some pages one behind the other, in memory of their own that goes back to the system with them: an allocator would keep
/// megabytes that are needed for a moment every million puts.
@safe struct PageStrip: ~Copyable, @unchecked Sendable {
    // Sendable: the chunk has exactly one owner, this noncopyable value.

    /// How many pages there are.
    private(set) var count = 0
    private let room: Int
    private var chunk: MemoryChunk?

    /// No pages, and no memory yet.
    ///
    /// - Parameter room: how many there may be.
    init(room: Int) { self.room = room }

    deinit { chunk?.unmap() }

    /// Appends a page, for which there is room.
    ///
    /// - Throws: ENOMEM.
    mutating func append(_ page: Span<UInt8>, from memory: any PageMemory) throws(Errno) {
        precondition(page.count == PagePool.pageBytes && count < room, "no page, or no room")
        if chunk == nil { chunk = try MemoryChunk(bytes: room * PagePool.pageBytes, from: memory) }
        guard let chunk else { preconditionFailure("it was made") }
        let target = unsafe chunk.base + count * PagePool.pageBytes
        unsafe page.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe target.copyMemory(from: start, byteCount: source.count)
        }
        count += 1
    }

    /// The bytes of some of them.
    @_lifetime(borrow self)
    func bytes(of pages: Range<Int>) -> Span<UInt8> {
        precondition(pages.lowerBound >= 0 && pages.upperBound <= count, "no such pages")
        guard let chunk else { return Span() }
        let start = unsafe UnsafePointer(
            (chunk.base + pages.lowerBound * PagePool.pageBytes).assumingMemoryBound(to: UInt8.self))
        let span = unsafe Span(_unsafeStart: start, count: pages.count * PagePool.pageBytes)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}
