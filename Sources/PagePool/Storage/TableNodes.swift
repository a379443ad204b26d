internal import SystemPackage

/// The nodes of a page table: pages of 512 words, all zero when they come and when they go.
///
/// They lie in chunks of which only the pages in use have memory; a node that goes is given back at once. Address space
/// stays until the table goes.
@safe struct TableNodes: ~Copyable, @unchecked Sendable {
    // Sendable: the chunks have exactly one owner, this noncopyable value.

    /// Nodes in use, a page each.
    private(set) var count = 0
    private let memory: any PageMemory
    private var chunks: [MemoryChunk] = []
    /// Pages of the last chunk that were never handed out begin here.
    private var unused = MemoryChunk.bytes / MemoryChunk.pageBytes
    /// Addresses of nodes that were given back.
    private var free: [UInt] = []

    init(memory: any PageMemory) { self.memory = memory }

    deinit { for chunk in chunks { chunk.unmap() } }

    /// The address of a node, all zero; its low twelve bits are too.
    ///
    /// - Throws: ENOMEM.
    mutating func make() throws(Errno) -> UInt {
        if let address = free.popLast() {
            count += 1
            return address
        }
        let perChunk = MemoryChunk.bytes / MemoryChunk.pageBytes
        if unused == perChunk {
            chunks.append(try MemoryChunk(from: memory))
            unused = 0
        }
        count += 1
        unused += 1
        return unsafe UInt(bitPattern: chunks[chunks.count - 1].base + (unused - 1) * MemoryChunk.pageBytes)
    }

    /// Pages with memory, as the system counts them; see ``MemoryChunk/residentPages()``.
    func systemPages() -> Int { chunks.reduce(0) { $0 + $1.residentPages() } }

    /// Gives a node back, all zero again.
    mutating func giveBack(_ address: UInt) {
        for chunk in chunks.reversed() {
            let offset = unsafe address &- UInt(bitPattern: chunk.base)
            guard offset < UInt(MemoryChunk.bytes) else { continue }
            let page = Int(offset) / MemoryChunk.pageBytes
            _ = chunk.giveBack(page..<(page + 1))
            break
        }
        free.append(address)
        count -= 1
    }
}
