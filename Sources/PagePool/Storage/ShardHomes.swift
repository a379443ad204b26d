internal import Synchronization

/// Which shard has which pages: a byte for each 512 neighbours, read without a lock.
///
/// Neighbours of 512 pages are one leaf of a table, so that a leaf is never shared out and 8 bytes a page remain 8. A
/// home is given once, to the first page of a leaf that is put, and stays for the pool's life: whoever read it
/// finds there what there is. 8 MiB of address space for the largest device; memory is touched where pages are put, a page
/// of it for each 8 GiB of the device, and is not counted as held.
@safe struct ShardHomes: ~Copyable, @unchecked Sendable {
    // Sendable: the bytes are atomics at an address that does not change; the chunk has one owner, this value.

    private static let leaves = Int(PageTable.pagesMax >> 9)
    private let chunk: MemoryChunk?

    /// No page has a home.
    ///
    /// - Parameters:
    ///   - isUsed: false where there is one shard, which then is everybody's home.
    ///   - memory: where there is none, all pages live in the first shard.
    init(isUsed: Bool, memory: any PageMemory) {
        chunk = isUsed ? try? MemoryChunk(bytes: Self.leaves, from: memory) : nil
    }

    deinit { chunk?.unmap() }

    /// The shard of a page: the first where it never got a home, for there it is not either.
    @inline(__always)
    func home(of page: UInt64) -> Int {
        guard let chunk, page < PageTable.pagesMax else { return 0 }
        return max(Int(unsafe Self.byte(chunk, page).pointee.load(ordering: .relaxed)) - 1, 0)
    }

    /// The shard of a page that is about to be put.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - count: asked for where it has no home yet: among how many shards one is chosen.
    /// - Returns: its number, below that count; the same for whoever asks at the same time.
    @inline(__always)
    func claim(_ page: UInt64, among count: () -> Int) -> Int {
        guard let chunk, page < PageTable.pagesMax else { return 0 }
        let byte = unsafe Self.byte(chunk, page)
        let home = unsafe byte.pointee.load(ordering: .relaxed)
        if home != 0 { return Int(home) - 1 }
        let mixed = (page >> 9) &* 0x9E37_79B9_7F4A_7C15 >> 32
        let chosen = UInt8(mixed % UInt64(count())) + 1
        let (isOurs, other) = unsafe byte.pointee.compareExchange(
            expected: 0, desired: chosen, ordering: .relaxed)
        return Int(isOurs ? chosen : other) - 1
    }

    @unsafe @inline(__always)
    private static func byte(_ chunk: MemoryChunk, _ page: UInt64) -> UnsafeMutablePointer<Atomic<UInt8>> {
        unsafe chunk.base.assumingMemoryBound(to: Atomic<UInt8>.self) + Int(page >> 9)
    }
}
