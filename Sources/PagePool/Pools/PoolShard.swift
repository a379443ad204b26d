internal import Bytes
internal import SystemPackage

/// The state under one lock: a table, the stacks of its objects, and what was counted.
///
/// A pool has several, each with pages of its own. Nothing here knows of the pool; what all of them hold together is
/// in ``HeldPages``.
struct PoolShard: ~Copyable {
    /// Where pages are, and what they take.
    struct Storage: ~Copyable, Sendable {
        var table: PageTable
        var stacks: StackArena

        init(memory: any PageMemory) {
            table = PageTable(memory: memory)
            stacks = StackArena(memory: memory)
        }
    }

    var storage: Storage
    /// Pages of the device: numbers go up to there.
    var pageCount: UInt64
    /// What all shards of the pool hold.
    let held: HeldPages
    /// Where objects are that are not in memory.
    var backing: BackingStore?
    /// Whether the pool was removed: nothing is stored any more.
    var isClosed = false
    /// What is counted as it happens; what can be told from ``storage`` is filled in when asked for.
    var counted = PagePoolStatistics()
    /// Pages by the bytes of their objects, 256 to a bucket; the last is for huge ones.
    var histogram = InlineArray<17, UInt64>(repeating: 0)
    /// The pool's dictionaries by their numbers; empty where it has none.
    var dictionaries: [LiveDictionary?] = []
    /// Pages by the dictionary that they were compressed with.
    var pagesOfDictionary = InlineArray<256, UInt32>(repeating: 0)
    /// What ``held`` has of this shard: its pages, and those that it reserved.
    private(set) var accounted = 0
    private var isReserving = false
    /// Whether it is none of the pool's yet, but of a restore.
    private let isApart: Bool

    init(pageCount: UInt64, held: HeldPages, memory: any PageMemory, isApart: Bool = false) {
        storage = Storage(memory: memory)
        self.pageCount = pageCount
        self.held = held
        self.isApart = isApart
    }

    /// Pages of memory held: the stacks' with their slack, and the table's nodes.
    var heldPages: Int { storage.stacks.residentPages + storage.table.nodeCount }

    /// All there is to tell but for what was held ever.
    var statistics: PagePoolStatistics {
        var told = counted
        told.pagesStored = UInt64(storage.table.count)
        told.heldBytes = UInt64(heldPages * PagePool.pageBytes)
        return told
    }

    /// Forgets every page and every count; the settings stay.
    ///
    /// - Parameter fresh: an empty storage; holds what was stored afterwards, to be let go outside the lock.
    mutating func exchange(_ fresh: inout Storage) {
        swap(&storage, &fresh)
        counted = PagePoolStatistics()
        histogram = InlineArray(repeating: 0)
        pagesOfDictionary = InlineArray(repeating: 0)
        settle()
    }

    /// Takes the pages that another has, and gives it its own; what was done stays with each.
    ///
    /// - Parameter other: one that is apart, and has nothing in the backing store; both have settled. What this one has
    ///   there is to be forgotten there by the caller.
    mutating func exchange(with other: inout PoolShard) {
        swap(&storage, &other.storage)
        swap(&histogram, &other.histogram)
        swap(&pagesOfDictionary, &other.pagesOfDictionary)
        swap(&counted.pagesSame, &other.counted.pagesSame)
        swap(&counted.pagesHuge, &other.counted.pagesHuge)
        swap(&counted.storedBytes, &other.counted.storedBytes)
        swap(&counted.pagesOnDisk, &other.counted.pagesOnDisk)
        swap(&counted.storedBytesOnDisk, &other.counted.storedBytesOnDisk)
        counted.pagesHugeEver += counted.pagesHuge
        held.moveApart(accounted - other.accounted)
        swap(&accounted, &other.accounted)
    }

    // MARK: what is held

    /// Reserves pages that are about to be held, all or none; ``settle()`` comes after them.
    ///
    /// - Returns: whether the limit has room for them.
    mutating func reserve(_ pages: Int) -> Bool {
        guard held.reserve(pages, isApart: isApart) else { return false }
        accounted += pages
        isReserving = true
        return true
    }

    /// Accounts for what is held now, whatever was reserved.
    @inline(__always)
    mutating func settle() {
        let now = heldPages
        if now == accounted, !isReserving { return }
        held.settle(by: now - accounted, isApart: isApart)
        accounted = now
        isReserving = false
    }

    /// Gives all slack back.
    mutating func giveBackSlack() {
        storage.stacks.trimAll()
        settle()
    }

    /// Counts a page in or out of what is stored.
    @inline(__always)
    mutating func count(_ entry: TableEntry, isComing: Bool) {
        if entry.isEmpty { return }
        let one: UInt64 = isComing ? 1 : ~0
        guard entry.isObject, entry.kind != .same else {
            counted.pagesSame &+= one
            return
        }
        let dictionary = Int(entry.dictionary)
        if dictionary != 0 { pagesOfDictionary[dictionary] &+= isComing ? 1 : ~0 }
        let stored = entry.storedBytes
        if entry.isOnDisk { return countOnDisk(entry, stored, isComing: isComing) }
        counted.storedBytes &+= isComing ? UInt64(stored) : 0 &- UInt64(stored)
        if entry.kind == .huge {
            counted.pagesHuge &+= one
            if isComing { counted.pagesHugeEver += 1 }
            histogram[16] &+= one
        } else {
            histogram[min(stored >> 8, 15)] &+= one
        }
    }

    /// The same for a page in the backing store: as in zram, its bytes are none of memory's any more. The histogram has it.
    private mutating func countOnDisk(_ entry: TableEntry, _ stored: Int, isComing: Bool) {
        let one: UInt64 = isComing ? 1 : ~0
        counted.pagesOnDisk &+= one
        counted.storedBytesOnDisk &+= isComing ? UInt64(stored) : 0 &- UInt64(stored)
        histogram[entry.kind == .huge ? 16 : min(stored >> 8, 15)] &+= one
    }
}
