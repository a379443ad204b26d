/// What a pool holds and has done, at one moment. Pages are counted in pages, everything else in bytes.
public struct PagePoolStatistics: Sendable, Equatable {
    /// Pages stored, of whatever kind.
    public var pagesStored: UInt64 = 0
    /// Of these: pages of one repeated pattern, zeros above all, which take no memory beside their table entry.
    public var pagesSame: UInt64 = 0
    /// Of these: pages of which a frame would save next to nothing, kept as they are in memory.
    public var pagesHuge: UInt64 = 0
    /// Bytes of the objects in memory, as the codec gave them; a huge page counts whole.
    public var storedBytes: UInt64 = 0
    /// Pages whose objects are in the backing store.
    public var pagesOnDisk: UInt64 = 0
    /// Bytes of these objects, as the codec gave them; they do not count among ``storedBytes``.
    public var storedBytesOnDisk: UInt64 = 0
    /// Bytes of memory held: resident pages of the stacks, nodes of the table, those of a restore among them, dictionaries
    /// and samples for them, and what writes to the backing store.
    public var heldBytes: UInt64 = 0
    /// The most that ``heldBytes`` ever was since the start, or since it was asked to forget.
    public var heldBytesMax: UInt64 = 0
    /// Puts that stored something.
    public var puts: UInt64 = 0
    /// Gets that gave a page.
    public var gets: UInt64 = 0
    /// Discards, whether there was a page or not.
    public var discards: UInt64 = 0
    /// Huge pages ever stored.
    public var pagesHugeEver: UInt64 = 0
    /// Reads that failed for a damaged object, or one that could not be read: gets, changes of a part, a scrub's and a
    /// snapshot's.
    public var failedReads: UInt64 = 0
    /// Puts refused because of the limit, because there was no memory, or because the codec failed.
    public var failedWrites: UInt64 = 0
    /// Operations on what is no page of this device, or with what is no page.
    public var invalidOperations: UInt64 = 0

    /// Pages that were packed again in the background and stored so.
    public var pagesRecompressed: UInt64 = 0
    /// Bytes that their objects got smaller by.
    public var recompressionSavedBytes: UInt64 = 0
    /// Dictionaries that pages have, or may get.
    public var dictionaries: UInt64 = 0
    /// Trainings of dictionaries.
    public var dictionaryTrainings: UInt64 = 0

    /// All zero.
    public init() {}

    /// Adds what another part of the pool has.
    mutating func add(_ other: PagePoolStatistics) {
        pagesStored += other.pagesStored
        pagesSame += other.pagesSame
        pagesHuge += other.pagesHuge
        storedBytes += other.storedBytes
        pagesOnDisk += other.pagesOnDisk
        storedBytesOnDisk += other.storedBytesOnDisk
        heldBytes += other.heldBytes
        puts += other.puts
        gets += other.gets
        discards += other.discards
        pagesHugeEver += other.pagesHugeEver
        failedReads += other.failedReads
        failedWrites += other.failedWrites
        invalidOperations += other.invalidOperations
        pagesRecompressed += other.pagesRecompressed
        recompressionSavedBytes += other.recompressionSavedBytes
    }
}
