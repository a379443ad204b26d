/// What the backing store is made of: clusters of 64 KiB, each written with one request, of blocks of 4 KiB, each
/// read with one.
///
/// Writing 64 KiB takes hardly longer than 4 (65 us beside 52 on the disk at hand), and holds some 60 compressed pages.
/// Objects begin at multiples of 32 bytes and, but for huge pages, lie within one block, so that a miss reads one.
/// A huge page with its header has 4104 bytes and cannot: such lie back to back, each across one boundary, and are
/// read with one request of two blocks, which takes as long; so 15 of them fit into a cluster, as many as would with
/// their checksums in the table's entry, which has no room for whole ones.
///
/// An object is as in memory: four bytes that say whose it is, then its own. At the cluster's end is a directory, from
/// behind: 16 bytes of header, then 8 for each object, so that whoever collects garbage knows what to look for.
enum ClusterShape {
    /// Bytes that are read at once.
    static let blockBytes = 4096
    /// Blocks of a cluster.
    static let blocks = 16
    /// Bytes that are written at once.
    static let bytes = blocks * blockBytes
    /// Bytes between the places where objects can begin.
    static let granule = 32
    /// Places in a block.
    static let granulesPerBlock = blockBytes / granule
    /// Places in a cluster.
    static let granules = bytes / granule
    /// The most bytes that a miss reads.
    static let readBytesMax = 2 * blockBytes
    /// Bytes of the directory beside its rows.
    static let headerBytes = 16
    /// Bytes of a directory's row.
    static let rowBytes = 8
    /// The most clusters that the 33 bits of a table entry's place can tell apart: 256 GiB.
    static let countMax = 1 << 22
    /// The fewest that make sense: one is kept for collecting garbage.
    static let countMin = 4

    /// Places that an object with so many bytes of its own takes.
    @inline(__always)
    static func granules(for payload: Int) -> Int {
        (payload + ClassShape.headerBytes + granule - 1) / granule
    }

    /// Blocks that such an object is read with.
    @inline(__always)
    static func blocks(for payload: Int) -> Int { granules(for: payload) > granulesPerBlock ? 2 : 1 }
}
