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
    /// Bytes of each.
    let pageSize: Int
    private let base: UnsafeMutableRawPointer?

    /// No memory.
    init() {
        pageCount = 0
        pageSize = SubBuffer.defaultSize
        unsafe base = nil
    }

    /// Maps pages, all zero.
    ///
    /// - Throws: `ENOMEM` as mmap does; costs a system call, about 1 us.
    init(pageCount: Int, pageSize: Int) throws(Errno) {
        let address = unsafe mmap(
            nil, pageCount * pageSize, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw Errno(rawValue: errno) }
        self.pageCount = pageCount
        self.pageSize = pageSize
        unsafe base = unsafe address
    }

    deinit {
        if let base = unsafe base { unsafe _ = munmap(base, pageCount * pageSize) }
    }

    /// One page, to be forgotten before this memory goes.
    @inline(__always)
    func page(_ index: Int) -> SubBuffer {
        precondition(index >= 0 && index < pageCount, "no such page")
        return unsafe SubBuffer(at: base.unsafelyUnwrapped + index * pageSize, size: pageSize)
    }

    /// Gives the memory of all pages back to the system; they read as zero.
    func discard() {
        guard let base = unsafe base else { return }
        unsafe _ = madvise(base, pageCount * pageSize, MADV_DONTNEED)
    }
}

/// One page of its own, for a reader that parses outside the ring buffer's lock. Belongs to one cursor.
@safe final class SubBufferCopy {

    /// Bytes of the page.
    private(set) var size: Int
    private var base: UnsafeMutableRawPointer

    /// An empty page.
    init(size: Int = SubBuffer.defaultSize) {
        self.size = size
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        page.timestamp = 0
        page.reset()
    }

    deinit { unsafe base.deallocate() }

    /// Makes room for a page of another size, where this one is smaller; it is empty then.
    func fit(_ size: Int) {
        guard size > self.size else { return }
        unsafe base.deallocate()
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        self.size = size
        page.timestamp = 0
        page.reset()
    }

    /// The page, to be forgotten before this value goes.
    var page: SubBuffer { unsafe SubBuffer(at: base, size: size) }
}
