internal import Bytes
internal import SystemPackage

@testable internal import PagePool

/// Snapshots taken, sent, and put together by hand.
struct TestSnapshot {
    private(set) var bytes: [UInt8] = []
    private var checksum: UInt64 = 0

    /// A snapshot that was begun, of whatever version.
    init(version: UInt32 = 1) {
        bytes = Array("jitfsnap".utf8) + Self.number(version) + Self.number(UInt32(0))
        checksum = Hash64.ofMany(bytes.span, seed: SnapshotFormat.seed)
    }

    static func number(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<(number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// Adds a block with a right checksum, whatever is in it; its length may be said to be another.
    mutating func add(_ kind: Character, _ contents: [UInt8], length: UInt32? = nil) {
        let start = bytes.count
        bytes += [kind.asciiValue ?? 0, 0, 0, 0] + Self.number(length ?? UInt32(contents.count)) + contents
        let block = Array(bytes[start...])
        checksum = Hash64.ofMany(block.span, seed: checksum)
        bytes += Self.number(checksum)
    }

    mutating func addSettings(pageBytes: UInt32 = 4096, codec: String = "toy") {
        add(
            "S",
            Self.number(pageBytes) + Self.number(UInt32(1)) + Self.number(UInt64(1) << 20) + Self.number(UInt64(0))
                + [UInt8(codec.utf8.count)] + Array(codec.utf8) + [1, 0x61])
    }

    static func object(_ kind: UInt8, _ page: UInt32, _ bytes: [UInt8], dictionary: UInt8 = 0) -> [UInt8] {
        [kind, dictionary] + number(UInt16(bytes.count)) + number(page) + bytes
    }

    static func run(_ page: UInt32, _ count: UInt32, _ word: UInt64) -> [UInt8] {
        [3, 0, 0, 0] + number(page) + number(count) + number(word)
    }

    mutating func addEnd(pages: UInt64, objects: UInt64, dictionaries: UInt32 = 0) {
        add(
            "E",
            Self.number(pages) + Self.number(objects) + Self.number(dictionaries) + Self.number(UInt32(0)))
    }

    // MARK: pools

    /// A snapshot of a pool.
    static func of(_ pool: PagePool) throws(Errno) -> [UInt8] {
        let writer = SnapshotWriter(of: pool)
        var out = ByteBuffer()
        while try writer.write(into: &out) {}
        return out.array
    }

    /// What there is of a snapshot before it fails, and how it does.
    static func begun(of pool: PagePool) -> (bytes: [UInt8], errno: Errno?) {
        let writer = SnapshotWriter(of: pool)
        var out = ByteBuffer()
        do throws(Errno) {
            while try writer.write(into: &out) {}
            return (out.array, nil)
        } catch {
            return (out.array, error)
        }
    }

    /// Restores a pool, from pieces of so many bytes.
    static func restore(_ bytes: [UInt8], into pool: PagePool, pieces: Int = 5000) throws(RestoreFailure) {
        let restore: PoolRestore
        do throws(Errno) { restore = try PoolRestore(into: pool) } catch { throw .refused(error) }
        defer { restore.abandon() }
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces, bytes.count)
            try restore.take(bytes.span.extracting(start..<end))
            start = end
        }
        try restore.finish()
    }

    /// Everything that a pool holds, by page.
    static func contents(_ pool: PagePool) throws -> [UInt64: [UInt8]] {
        var pages: [UInt64: [UInt8]] = [:]
        var out = ByteBuffer()
        var next = pool.nextStored(from: 0)
        while let page = next {
            out.removeAll()
            try pool.get(page, into: &out)
            pages[page] = out.array
            next = pool.nextStored(from: page + 1)
        }
        return pages
    }
}
