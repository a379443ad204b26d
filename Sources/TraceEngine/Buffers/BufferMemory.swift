internal import Glibc
internal import SystemPackage

/// The pages of one ring buffer: address space at once, memory as it is touched.
///
/// Anonymous and private, not reserved: 1.4 MiB of a buffer that holds three records is two pages of memory. One
/// owner, unmapped with it.
@safe struct BufferMemory: ~Copyable, @unchecked Sendable {
    // Sendable: the mapping has exactly one owner, this noncopyable value.

    /// How many pages; 0 is a memory without any.
    let pageCount: Int
    private let base: UnsafeMutableRawPointer?

    /// No memory.
    init() {
        pageCount = 0
        unsafe base = nil
    }

    /// Maps pages, all zero.
    ///
    /// - Throws: `ENOMEM` as mmap does; costs a system call, about 1 us.
    init(pageCount: Int) throws(Errno) {
        let address = unsafe mmap(
            nil, pageCount * SubBuffer.size, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw Errno(rawValue: errno) }
        self.pageCount = pageCount
        unsafe base = unsafe address
    }

    deinit {
        if let base = unsafe base { unsafe _ = munmap(base, pageCount * SubBuffer.size) }
    }

    /// One page, to be forgotten before this memory goes.
    @inline(__always)
    func page(_ index: Int) -> SubBuffer {
        precondition(index >= 0 && index < pageCount, "no such page")
        return unsafe SubBuffer(at: base.unsafelyUnwrapped + index * SubBuffer.size)
    }

    /// Gives the memory of all pages back to the system; they read as zero.
    func discard() {
        guard let base = unsafe base else { return }
        unsafe _ = madvise(base, pageCount * SubBuffer.size, MADV_DONTNEED)
    }
}

/// One page of its own, for a reader that parses outside the ring buffer's lock. Belongs to one cursor.
@safe final class SubBufferCopy {

    private let base: UnsafeMutableRawPointer

    /// An empty page.
    init() {
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: SubBuffer.size, alignment: 16)
        page.timestamp = 0
        page.reset()
    }

    deinit { unsafe base.deallocate() }

    /// The page, to be forgotten before this value goes.
    var page: SubBuffer { unsafe SubBuffer(at: base) }
}
