/// Which pages are stored, and how many nodes a table of them has: the same for every model, so kept once.
///
/// Nodes as in `PagePool`: a leaf for 512 neighbours, a middle node for 512 leaves, each a page of memory while it has an
/// entry.
struct StoredPages {
    private var pages = NumberIndex()
    private var isStored: [Bool] = []
    private var leaves = NumberIndex()
    private var pagesOfLeaf: [UInt16] = []
    private var middles = NumberIndex()
    private var leavesOfMiddle: [UInt16] = []
    /// Pages stored.
    private(set) var count = 0
    /// Nodes of a table that holds them.
    private(set) var nodeCount = 0

    /// Pages that ever were stored.
    var countEver: Int { isStored.count }

    /// The slot of a page, and whether it is stored; nil where it never was.
    @inline(__always)
    func find(_ page: UInt64) -> (slot: Int, isStored: Bool)? { pages.find(page).map { ($0, isStored[$0]) } }

    /// Takes a page for stored.
    ///
    /// - Returns: its slot.
    @inline(__always)
    mutating func insert(_ page: UInt64) -> Int {
        let slot = pages.place(of: page)
        if slot == isStored.count {
            isStored.append(true)
        } else if isStored[slot] {
            return slot
        } else {
            isStored[slot] = true
        }
        count += 1
        let leaf = leaves.place(of: page >> 9)
        if leaf == pagesOfLeaf.count { pagesOfLeaf.append(0) }
        pagesOfLeaf[leaf] += 1
        if pagesOfLeaf[leaf] > 1 { return slot }
        let middle = middles.place(of: page >> 18)
        if middle == leavesOfMiddle.count { leavesOfMiddle.append(0) }
        leavesOfMiddle[middle] += 1
        nodeCount += leavesOfMiddle[middle] == 1 ? 2 : 1
        return slot
    }

    /// Takes a page that is stored for gone.
    mutating func remove(_ page: UInt64, slot: Int) {
        isStored[slot] = false
        count -= 1
        let leaf = leaves.place(of: page >> 9)
        pagesOfLeaf[leaf] -= 1
        if pagesOfLeaf[leaf] > 0 { return }
        let middle = middles.place(of: page >> 18)
        leavesOfMiddle[middle] -= 1
        nodeCount -= leavesOfMiddle[middle] == 0 ? 2 : 1
    }

    var stateBytes: Int {
        pages.stateBytes + isStored.capacity + leaves.stateBytes + pagesOfLeaf.capacity * 2 + middles.stateBytes
            + leavesOfMiddle.capacity * 2
    }
}
