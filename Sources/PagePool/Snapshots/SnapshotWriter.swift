public import Bytes
public import SystemPackage

/// Writes the pages of a pool as a stream, a block at a time.
///
/// ```swift
/// let writer = SnapshotWriter(of: pool)
/// var out = ByteBuffer()
/// while try writer.write(into: &out) { … }        // some 16 KiB each time
/// ```
/// Objects come out as they are stored, without being compressed again; each is unpacked once, so that a snapshot that has
/// its end can be restored. Each page is of some moment between the first block and the last. Nothing is held meanwhile,
/// no lock and no memory but a block. One thread at a time uses it.
public final class SnapshotWriter: @unchecked Sendable {
    // Sendable: one thread at a time uses it; the pool is anybody's.

    private let pool: PagePool
    private var checksum: UInt64 = 0
    private var hasBegun = false
    /// The first page that was not written.
    private var position: UInt64 = 0
    private var pages: UInt64 = 0
    private var objects: UInt64 = 0
    /// The dictionaries that were written, and how many there were; by the numbers that they have in the pool, too, of which
    /// one may be another's by now.
    private var dictionaries: [UInt8: LiveDictionary] = [:]
    private var dictionaryCount: UInt32 = 0
    /// Pages that repeat a word, and were not written yet.
    private var run: (first: UInt64, count: UInt64, word: UInt64) = (0, 0, 0)
    private var block = ByteBuffer(capacity: SnapshotFormat.pagesBytes + 2 * PagePool.pageBytes)
    private var object = ByteBuffer(capacity: PagePool.pageBytes + 128)
    private var scratch = ByteBuffer(capacity: PagePool.pageBytes)

    /// Begins a snapshot.
    public init(of pool: PagePool) { self.pool = pool }

    /// Appends what comes next: 20 KiB at most, and the dictionaries that are needed from there on.
    ///
    /// - Parameter out: appended to.
    /// - Returns: whether there is more.
    /// - Throws: EBADMSG where a page is damaged: there will be no end, and what was written cannot be restored; which
    ///   pages those are says a scrub. EIO where the backing store cannot be read; ENODEV where the pool was removed; ENOMEM.
    public func write(into out: inout ByteBuffer) throws(Errno) -> Bool {
        if !hasBegun {
            hasBegun = true
            begin(&out)
            return true
        }
        let hasMore = try gatherPages(&out)
        if !block.isEmpty { close(.pages, into: &out) }
        if !hasMore { end(&out) }
        return hasMore
    }

    private func begin(_ out: inout ByteBuffer) {
        let start = out.count
        out.append(SnapshotFormat.magic)
        out.append(littleEndian: SnapshotFormat.version)
        out.append(littleEndian: UInt32(0))
        checksum = Hash64.ofMany(out.span.extracting(start..<out.count), seed: SnapshotFormat.seed)
        block.append(littleEndian: UInt32(PagePool.pageBytes))
        block.append(littleEndian: Int32(truncatingIfNeeded: pool.level))
        block.append(littleEndian: pool.disksizeBytes)
        block.append(littleEndian: pool.memLimitBytes)
        for name in [pool.workspaces.codec.name, pool.name] {
            block.append(UInt8(truncatingIfNeeded: name.utf8.count))
            block.append(name)
        }
        close(.settings, into: &out)
    }

    private func end(_ out: inout ByteBuffer) {
        block.append(littleEndian: pages)
        block.append(littleEndian: objects)
        block.append(littleEndian: dictionaryCount)
        block.append(littleEndian: UInt32(0))
        close(.end, into: &out)
    }

    /// Appends the block with its head and checksum, and empties it.
    private func close(_ kind: SnapshotFormat.Block, into out: inout ByteBuffer) {
        let start = out.count
        out.append(littleEndian: UInt32(kind.rawValue))
        out.append(littleEndian: UInt32(block.count))
        out.append(block.span)
        checksum = Hash64.ofMany(out.span.extracting(start..<out.count), seed: checksum)
        out.append(littleEndian: checksum)
        block.removeAll()
    }

    // MARK: pages

    /// Fills the block.
    ///
    /// - Parameter out: blocks go there that have to come before.
    /// - Returns: whether there are more pages.
    /// - Throws: as ``write(into:)``.
    private func gatherPages(_ out: inout ByteBuffer) throws(Errno) -> Bool {
        let workspace = try pool.workspaces.take()
        defer { pool.workspaces.giveBack(workspace) }
        var looked = 0
        while block.count < SnapshotFormat.pagesBytes, looked < SnapshotFormat.pagesMax {
            if pool.isDead { throw .operationNotSupportedByDevice }
            guard let page = pool.nextObject(from: position) else {
                closeRun()
                return false
            }
            looked += 1
            position = page + 1
            let found = try pool.soundObject(of: page, into: &object, &scratch, workspace)
            if found.entry.isEmpty { continue }
            if let dictionary = found.dictionary { write(dictionary, into: &out) }
            pages += 1
            switch found.form?.kind {
            case .compressed: append(page, .compressed, found)
            case .huge: append(page, .huge, found)
            case .same, nil: appendSame(page, found.word(object.span))
            }
        }
        closeRun()
        return true
    }

    /// Writes a dictionary, unless it was, and the pages before it.
    private func write(_ dictionary: LiveDictionary, into out: inout ByteBuffer) {
        if dictionaries[dictionary.number] === dictionary { return }
        dictionaries[dictionary.number] = dictionary
        dictionaryCount += 1
        closeRun()
        if !block.isEmpty { close(.pages, into: &out) }
        block.append(dictionary.number)
        block.append(dictionary.kind.rawValue)
        block.append(littleEndian: UInt16(0))
        block.append(dictionary.contexts.content.span)
        close(.dictionary, into: &out)
    }

    private func append(_ page: UInt64, _ record: SnapshotFormat.Record, _ found: PoolShard.Found) {
        closeRun()
        objects += 1
        block.append(record.rawValue)
        block.append(found.form?.dictionary ?? 0)
        block.append(littleEndian: UInt16(truncatingIfNeeded: object.count))
        block.append(littleEndian: UInt32(truncatingIfNeeded: page))
        // Out of the writer, for the compiler does not see that nobody else can reach it there.
        var bytes = ByteBuffer(capacity: 64)
        swap(&bytes, &object)
        block.append(bytes.span)
        swap(&bytes, &object)
    }

    private func appendSame(_ page: UInt64, _ word: UInt64) {
        if run.count > 0, run.count < SnapshotFormat.runMax, run.first + run.count == page, run.word == word {
            run.count += 1
            return
        }
        closeRun()
        run = (page, 1, word)
    }

    private func closeRun() {
        if run.count == 0 { return }
        block.append(littleEndian: UInt32(SnapshotFormat.Record.same.rawValue))
        block.append(littleEndian: UInt32(truncatingIfNeeded: run.first))
        block.append(littleEndian: UInt32(truncatingIfNeeded: run.count))
        block.append(littleEndian: run.word)
        run.count = 0
    }
}
