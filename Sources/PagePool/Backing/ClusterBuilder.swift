internal import Bytes

/// A cluster on its way to the backing store: its bytes, and what lies where. Used by the pool's thread alone.
struct ClusterBuilder: ~Copyable {
    /// One object.
    struct Row: Equatable {
        /// Whose it is.
        let page: UInt64
        /// Where it begins, in granules of the cluster.
        let place: Int
        /// Bytes of its own.
        let payload: Int
    }

    private static let seed: UInt64 = 0x636C_7573_7465_7273

    /// The bytes.
    let buffer = AlignedBuffer(count: ClusterShape.bytes)
    /// What lies where, in the order in which it came.
    private(set) var rows: [Row] = []
    private var plan = ClusterPlan()

    /// Begins a new cluster.
    mutating func clear() {
        buffer.clear()
        rows.removeAll(keepingCapacity: true)
        plan = ClusterPlan()
    }

    /// Whether nothing was placed.
    var isEmpty: Bool { rows.isEmpty }
    /// The share of the cluster that objects take, in places.
    var usedGranules: Int { plan.usedGranules }

    /// Finds a place for an object; its bytes come with ``fill(_:_:)``, or the place stays empty.
    ///
    /// - Returns: the place in granules, or nil where there is none.
    mutating func place(_ payload: Int) -> Int? { plan.place(payload) }

    /// Puts an object where a place was found.
    mutating func fill(_ row: Row, _ payload: Span<UInt8>) {
        let offset = row.place * ClusterShape.granule
        buffer.store(UInt32(truncatingIfNeeded: row.page), at: offset)
        buffer.replace(at: offset + ClassShape.headerBytes, with: payload)
        rows.append(row)
    }

    /// Writes the directory: then the bytes are what the disk is to have.
    func seal() {
        var offset = ClusterShape.bytes - ClusterShape.headerBytes
        buffer.store(UInt64(rows.count), at: offset)
        for row in rows {
            offset -= ClusterShape.rowBytes
            buffer.store(UInt32(truncatingIfNeeded: row.page), at: offset)
            buffer.store(UInt16(row.place), at: offset + 4)
            buffer.store(UInt16(row.payload), at: offset + 6)
        }
        buffer.store(Self.checksum(buffer, rows.count), at: ClusterShape.bytes - 8)
    }

    /// Reads a cluster's directory.
    ///
    /// - Returns: what was placed; nil where it is damaged.
    static func rows(of buffer: AlignedBuffer) -> [Row]? {
        let header = ClusterShape.bytes - ClusterShape.headerBytes
        let count = buffer.load(UInt64.self, at: header)
        guard count <= UInt64(header / ClusterShape.rowBytes),
            buffer.load(UInt64.self, at: header + 8) == checksum(buffer, Int(count))
        else { return nil }
        return (1...max(Int(count), 1)).prefix(Int(count)).map { number in
            let offset = header - number * ClusterShape.rowBytes
            return Row(
                page: UInt64(buffer.load(UInt32.self, at: offset)), place: Int(buffer.load(UInt16.self, at: offset + 4)),
                payload: Int(buffer.load(UInt16.self, at: offset + 6)))
        }
    }

    private static func checksum(_ buffer: AlignedBuffer, _ count: Int) -> UInt64 {
        let end = ClusterShape.bytes - 8
        let start = end - 8 - count * ClusterShape.rowBytes
        return Hash64.ofMany(buffer.span.extracting(start..<end), seed: seed)
    }
}
