/// Where evicted pages go: a disk, written in clusters of 64 KiB.
///
/// Objects are gathered in a cluster in memory, each in the first of its sixteen blocks of 4 KiB that has room, so that none
/// crosses two and a read is one block. A cluster is written when an object fits into none of them, and its room on the disk
/// used again when the last of its objects is gone; half-empty ones are not gathered up. An object has 4 bytes in front that
/// say whose it is, and a page that is kept as it is has a block of its own.
struct BackingStoreModel {
    static let clusterBytes = 64 << 10
    static let blockBytes = 4096
    static let headerBytes = 4
    private static let blocks = clusterBytes / blockBytes

    /// Objects that live in each cluster.
    private var living: [UInt16] = []
    private var unused: [UInt32] = []
    private var open: UInt32?
    private var rooms = [UInt16](repeating: UInt16(Self.blockBytes), count: Self.blocks)

    /// Requests that wrote a cluster.
    private(set) var writeCount: UInt64 = 0
    /// Requests that read a block.
    private(set) var readCount: UInt64 = 0
    /// The most clusters that had living objects at a time.
    private(set) var clusterCountMax = 0

    /// Bytes of memory in which a cluster is gathered.
    var bufferBytes: Int { open == nil ? 0 : Self.clusterBytes }
    /// Clusters that have living objects, or are being gathered.
    var clusterCount: Int { living.count - unused.count }

    /// Takes an object.
    ///
    /// - Returns: its cluster.
    mutating func write(_ bytes: Int) -> UInt32 {
        let size = UInt16(min(bytes + Self.headerBytes, Self.blockBytes))
        var cluster = open ?? begin()
        var block = rooms.firstIndex { $0 >= size }
        if block == nil {
            writeCount += 1
            close()
            cluster = begin()
            block = 0
        }
        if let block { rooms[block] -= size }
        living[Int(cluster)] += 1
        return cluster
    }

    /// Reads an object.
    ///
    /// - Returns: whether it took a request; what is still being gathered takes none.
    mutating func read(_ cluster: UInt32) -> Bool {
        if cluster == open { return false }
        readCount += 1
        return true
    }

    /// Forgets an object.
    mutating func remove(_ cluster: UInt32) {
        living[Int(cluster)] -= 1
        if living[Int(cluster)] == 0, cluster != open { unused.append(cluster) }
    }

    private mutating func begin() -> UInt32 {
        let cluster: UInt32
        if let old = unused.popLast() {
            cluster = old
        } else {
            cluster = UInt32(living.count)
            living.append(0)
        }
        open = cluster
        for block in rooms.indices { rooms[block] = UInt16(Self.blockBytes) }
        clusterCountMax = max(clusterCountMax, clusterCount)
        return cluster
    }

    private mutating func close() {
        guard let cluster = open else { return }
        open = nil
        if living[Int(cluster)] == 0 { unused.append(cluster) }
    }

    var stateBytes: Int { living.capacity * 2 + unused.capacity * 4 }

    /// Traps where the bookkeeping disagrees with itself.
    ///
    /// - Parameter objects: how many there are.
    func checkInvariants(objects: Int) {
        #if DEBUG
            precondition(living.reduce(0) { $0 + Int($1) } == objects, "the disk has other objects")
            let gone = Set(unused)
            precondition(gone.count == unused.count, "a cluster is unused twice")
            for (cluster, count) in living.enumerated() {
                let isKept = count > 0 || UInt32(cluster) == open
                precondition(isKept != gone.contains(UInt32(cluster)), "a cluster is lost")
            }
        #endif
    }
}
