/// What the objects of one class look like, and where they lie: back to back in chunks, none across two.
///
/// Sizes are rounded up to 16 bytes, header included: 7.5 bytes an object are lost to that, 0.7 % of a mixed page.
/// Classes of 8 bytes lose half of it and have twice as many last pages that are not full, which is the same again
/// for 100,000 pages and worse for less.
struct ClassShape: Equatable {
    /// By how much the classes differ.
    static let granule = 16
    /// Bytes before an object's own: the number of the page that it belongs to.
    static let headerBytes = 4
    /// The most bytes of an object's own: a page and its checksum.
    static let payloadMax = PagePool.pageBytes + 4
    /// How many classes there are.
    static let count = number(for: payloadMax) + 1

    /// Bytes from one object to the next.
    let stride: Int
    /// Objects in a chunk.
    let objectsPerChunk: Int
    /// Pages of memory that these objects lie on.
    let pagesPerChunk: Int
    /// 2^64 divided by ``objectsPerChunk``, rounded up: an exact division of 32 bits is the high half of a product
    /// (Lemire, Kaser, Kurz: Faster remainder by direct computation, 2019).
    private let reciprocal: UInt64

    /// The shape of a class.
    init(class number: Int) {
        stride = (number + 1) * Self.granule
        objectsPerChunk = MemoryChunk.bytes / stride
        pagesPerChunk = (objectsPerChunk * stride + MemoryChunk.pageBytes - 1) / MemoryChunk.pageBytes
        reciprocal = UInt64.max / UInt64(objectsPerChunk) + 1
    }

    /// The class of an object with so many bytes of its own.
    @inline(__always)
    static func number(for payload: Int) -> Int { (payload + headerBytes + granule - 1) / granule - 1 }

    /// How many bytes an object of a class has to spare: 0...15.
    @inline(__always)
    static func pad(for payload: Int) -> Int { (number(for: payload) + 1) * granule - headerBytes - payload }

    /// In which chunk an object lies, and at which byte of it.
    @inline(__always)
    func place(of index: Int) -> (chunk: Int, offset: Int) {
        let chunk = Int(truncatingIfNeeded: reciprocal.multipliedFullWidth(by: UInt64(truncatingIfNeeded: index)).high)
        return (chunk, (index &- chunk &* objectsPerChunk) &* stride)
    }

    /// How many pages of memory so many objects lie on.
    @inline(__always)
    func pages(for count: Int) -> Int {
        let (chunk, offset) = place(of: count)
        return chunk &* pagesPerChunk &+ (offset &+ MemoryChunk.pageBytes &- 1) >> 12
    }
}
