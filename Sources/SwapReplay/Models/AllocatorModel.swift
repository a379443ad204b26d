/// Why an object is taken out.
enum ReleaseReason {
    /// Its page was stored anew.
    case overwritten
    /// Its page was given up.
    case discarded
    /// Memory is short.
    case evicted
}

/// How an allocator lays objects into pages of 4 KiB: its bookkeeping without the bytes.
///
/// A value of its own for each replay. Everything is O(1) or what the allocator's own cost is.
protocol AllocatorModel {
    /// Nothing stored.
    init()

    /// Pages of memory that hold objects, slack included, the table not.
    var heldPages: Int { get }

    /// Stores an object.
    ///
    /// - Parameter bytes: compressed, 1 to 4096; 4096 for a page that is kept as it is.
    /// - Returns: by what the allocator finds it again.
    mutating func store(_ bytes: Int) -> UInt32

    /// Stores an object in the place of another, in the order in which the allocator's user does both.
    mutating func replace(_ handle: UInt32, _ oldBytes: Int, with bytes: Int) -> UInt32

    /// Takes an object out.
    ///
    /// - Parameters:
    ///   - handle: of the object.
    ///   - bytes: as many as were stored.
    ///   - reason: why; an allocator may keep more where the next object is about to come.
    mutating func release(_ handle: UInt32, _ bytes: Int, _ reason: ReleaseReason)

    /// Gives back what is kept for later objects.
    mutating func giveBack()

    /// Bytes beside the objects' pages.
    ///
    /// - Parameters:
    ///   - pagesStored: pages that have an entry, wherever their bytes are.
    ///   - objects: those that are in memory.
    ///   - nodes: pages that a table has, whose leaves hold 512 neighbours.
    /// - Returns: how many.
    func tableBytes(pagesStored: Int, objects: Int, nodes: Int) -> Int

    /// Bytes of the model itself.
    var stateBytes: Int { get }

    /// Traps where the bookkeeping disagrees with itself. Empty in release builds.
    func checkInvariants()
}
