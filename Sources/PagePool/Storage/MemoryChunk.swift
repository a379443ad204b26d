internal import Glibc
internal import SystemPackage

/// A run of address space, by its address: memory comes as it is touched and goes page by page.
///
/// Private, anonymous, not reserved, and never of huge pages, for one object would make 2 MiB resident. Who holds a chunk unmaps
/// it: it is a plain value, for it lives in tables that are not Swift's.
@safe struct MemoryChunk {
    /// Bytes of most chunks: large enough that a pool of gigabytes needs few mappings, small enough that 257 classes of a
    /// small pool need no more than 514 MiB of address space.
    static let bytes = 2 << 20
    /// Bytes of a page of memory.
    static let pageBytes = 4096

    private let start: UnsafeMutableRawPointer
    private let size: Int

    /// Maps address space, all zero.
    ///
    /// - Throws: ENOMEM. Costs two system calls, about 2 us.
    init(bytes: Int = Self.bytes, from memory: any PageMemory) throws(Errno) {
        guard memory.permits(mapping: bytes) else { throw .noMemory }
        let address = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw .noMemory }
        unsafe _ = madvise(address, bytes, MADV_NOHUGEPAGE)
        unsafe start = unsafe address
        size = bytes
    }

    /// Where it begins; nothing may be read or written from its end on.
    @unsafe @inline(__always)
    var base: UnsafeMutableRawPointer { unsafe start }

    /// Gives the memory of some pages back; they read as zero.
    ///
    /// - Returns: false where the system keeps them, as it does with locked memory.
    func giveBack(_ pages: Range<Int>) -> Bool {
        precondition(pages.lowerBound >= 0 && pages.upperBound * Self.pageBytes <= size, "outside the chunk")
        if pages.isEmpty { return true }
        return unsafe madvise(
            start + pages.lowerBound * Self.pageBytes, pages.count * Self.pageBytes, MADV_DONTNEED) == 0
    }

    /// How many of its pages have memory, by the system's own account. For checks: a system call and a byte for each.
    func residentPages() -> Int {
        var states = [UInt8](repeating: 0, count: size / Self.pageBytes)
        guard unsafe mincore(start, size, &states) == 0 else { return 0 }
        return states.count { $0 & 1 != 0 }
    }

    /// Gives address space and memory back. The last use of this value.
    func unmap() { unsafe _ = munmap(start, size) }
}
