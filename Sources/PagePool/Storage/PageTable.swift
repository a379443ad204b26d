internal import SystemPackage

/// From a page's number to its entry: a tree of three levels with nodes of 512 words.
///
/// A leaf holds the entries of 512 pages, a middle node the leaves of 1 GiB, the root 2^14 middle nodes for 16 TiB. A word
/// above the leaves is the address of a node, and in its low twelve bits, which no address uses, how many words of that
/// node are not zero: so a node goes with its last word and nothing else is kept. Looking up a page that is not there
/// makes no memory: it ends at a zero in a node that is.
///
/// The root is 128 KiB of address space, mapped with the first page and touched where there are pages: one page of
/// memory up to 512 GiB, which is not counted as held.
@safe struct PageTable: ~Copyable, @unchecked Sendable {
    // Sendable: root and nodes have exactly one owner, this noncopyable value.

    /// Pages that the table can hold: 16 TiB of them.
    static let pagesMax: UInt64 = 1 << 32
    private static let rootWords = 1 << 14

    private let memory: any PageMemory
    private var nodes: TableNodes
    private var root: MemoryChunk?
    /// Pages that have an entry.
    private(set) var count = 0

    init(memory: any PageMemory) {
        self.memory = memory
        nodes = TableNodes(memory: memory)
    }

    deinit { root?.unmap() }

    /// Nodes held, a page of memory each.
    var nodeCount: Int { nodes.count }

    // MARK: words

    @unsafe @inline(__always)
    private static func node(_ word: UInt64) -> UnsafeMutablePointer<UInt64> {
        unsafe UnsafeMutablePointer(bitPattern: UInt(word & ~0xFFF)).unsafelyUnwrapped
    }

    /// The root's word for a page, where there is a root.
    @unsafe @inline(__always)
    private func rootWord(_ page: UInt64) -> UnsafeMutablePointer<UInt64>? {
        precondition(page < Self.pagesMax, "beyond the table")
        guard let root else { return nil }
        return unsafe root.base.assumingMemoryBound(to: UInt64.self) + Int(page >> 18)
    }

    /// The middle node's word for a page, where there is one.
    @unsafe @inline(__always)
    private func middleWord(_ page: UInt64) -> UnsafeMutablePointer<UInt64>? {
        guard let root = unsafe rootWord(page), unsafe root.pointee != 0 else { return nil }
        return unsafe Self.node(root.pointee) + Int(page >> 9 & 511)
    }

    /// The leaf's word for a page, where there is one.
    @unsafe @inline(__always)
    private func leafWord(_ page: UInt64) -> UnsafeMutablePointer<UInt64>? {
        guard let middle = unsafe middleWord(page), unsafe middle.pointee != 0 else { return nil }
        return unsafe Self.node(middle.pointee) + Int(page & 511)
    }

    // MARK: entries

    /// A page's entry.
    @inline(__always)
    func entry(_ page: UInt64) -> TableEntry {
        guard let word = unsafe leafWord(page) else { return .empty }
        return unsafe TableEntry(bits: word.pointee)
    }

    /// How many nodes an entry for a page would take that are not there.
    func nodesMissing(_ page: UInt64) -> Int {
        guard let middle = unsafe middleWord(page) else { return 2 }
        return unsafe middle.pointee == 0 ? 1 : 0
    }

    /// Makes the nodes for a page without an entry; ``set(_:_:)`` is next, or ``dropUnusedNodes(_:)``.
    ///
    /// - Throws: ENOMEM; nothing has changed then.
    mutating func makeNodes(_ page: UInt64) throws(Errno) {
        if root == nil { root = try MemoryChunk(bytes: Self.rootWords * 8, from: memory) }
        guard let root = unsafe rootWord(page) else { preconditionFailure("it was made") }
        let isNew = unsafe root.pointee == 0
        if isNew { unsafe root.pointee = UInt64(try nodes.make()) }
        let middle = unsafe Self.node(root.pointee) + Int(page >> 9 & 511)
        if unsafe middle.pointee != 0 { return }
        do throws(Errno) {
            unsafe middle.pointee = UInt64(try nodes.make())
        } catch {
            if isNew {
                unsafe nodes.giveBack(UInt(root.pointee))
                unsafe root.pointee = 0
            }
            throw error
        }
        unsafe root.pointee += 1
    }

    /// Sets a page's entry, which is not empty; its nodes are there.
    mutating func set(_ page: UInt64, _ entry: TableEntry) {
        guard let middle = unsafe middleWord(page), let leaf = unsafe leafWord(page) else {
            preconditionFailure("no nodes were made")
        }
        if unsafe leaf.pointee == 0 {
            unsafe middle.pointee += 1
            count += 1
        }
        unsafe leaf.pointee = entry.bits
    }

    /// Forgets a page's entry, and the nodes that held no other.
    mutating func clear(_ page: UInt64) {
        guard let root = unsafe rootWord(page), let middle = unsafe middleWord(page),
            let leaf = unsafe leafWord(page), unsafe leaf.pointee != 0
        else { return }
        unsafe leaf.pointee = 0
        count -= 1
        unsafe middle.pointee -= 1
        if unsafe middle.pointee & 0xFFF != 0 { return }
        unsafe nodes.giveBack(UInt(middle.pointee))
        unsafe middle.pointee = 0
        unsafe root.pointee -= 1
        if unsafe root.pointee & 0xFFF != 0 { return }
        unsafe nodes.giveBack(UInt(root.pointee))
        unsafe root.pointee = 0
    }

    /// Gives the nodes for a page back where there is no entry in them.
    mutating func dropUnusedNodes(_ page: UInt64) {
        guard let root = unsafe rootWord(page), unsafe root.pointee != 0 else { return }
        let middle = unsafe Self.node(root.pointee) + Int(page >> 9 & 511)
        if unsafe middle.pointee != 0, unsafe middle.pointee & 0xFFF == 0 {
            unsafe nodes.giveBack(UInt(middle.pointee))
            unsafe middle.pointee = 0
            unsafe root.pointee -= 1
        }
        if unsafe root.pointee & 0xFFF != 0 { return }
        unsafe nodes.giveBack(UInt(root.pointee))
        unsafe root.pointee = 0
    }

    /// The first page from `page` on that has an entry: at most 2^14 + 1,024 words are looked at.
    func next(from page: UInt64) -> UInt64? {
        var page = page
        while page < Self.pagesMax {
            guard let root = unsafe rootWord(page) else { return nil }
            if unsafe root.pointee == 0 {
                page = (page >> 18 + 1) << 18
                continue
            }
            let middle = unsafe Self.node(root.pointee) + Int(page >> 9 & 511)
            if unsafe middle.pointee == 0 {
                page = (page >> 9 + 1) << 9
                continue
            }
            if unsafe Self.node(middle.pointee)[Int(page & 511)] != 0 { return page }
            page += 1
        }
        return nil
    }

    // MARK: checking

    /// Pages with memory below the root, as the system counts them; see ``MemoryChunk/residentPages()``.
    func systemPages() -> Int { nodes.systemPages() }

    /// Traps where counts and nodes disagree.
    func checkInvariants() {
        #if DEBUG
            guard let root else { return precondition(count == 0 && nodeCount == 0, "entries without a root") }
            let words = unsafe root.base.assumingMemoryBound(to: UInt64.self)
            var entries = 0
            var held = 0
            for index in 0..<Self.rootWords where unsafe words[index] != 0 {
                let middle = unsafe Self.node(words[index])
                var leaves = 0
                for index in 0..<512 where unsafe middle[index] != 0 {
                    let leaf = unsafe Self.node(middle[index])
                    let used = (0..<512).count { unsafe leaf[$0] != 0 }
                    let counted = unsafe middle[index] & 0xFFF
                    precondition(used > 0 && UInt64(used) == counted, "a leaf is miscounted")
                    leaves += 1
                    entries += used
                }
                let counted = unsafe words[index] & 0xFFF
                precondition(leaves > 0 && UInt64(leaves) == counted, "a node is miscounted")
                held += 1 + leaves
            }
            precondition(entries == count && held == nodeCount, "the table is miscounted")
        #endif
    }
}
