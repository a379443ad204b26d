public import Bytes
internal import Locking
internal import Synchronization
public import SystemPackage

extension PagePool {
    /// From so many bytes on a frame is not worth keeping: it saves less than 64 bytes, 1.6 % of a page, and would cost a
    /// decompression at every get where a page kept as it is costs a copy.
    static let frameBytesMax = pageBytes - 64
    private static let checksumSeed: UInt64 = 0x6A69_7466_7370_6167

    // MARK: put

    /// Stores a page, or stores it anew; where it throws, what was stored before still is.
    ///
    /// A page that repeats a word takes 0.2 us; the others what the codec takes, outside every lock, and about 0.5 us.
    ///
    /// - Parameters:
    ///   - page: its number, from 0.
    ///   - bytes: ``pageBytes`` of them.
    /// - Throws: EINVAL for another size and for a page beyond the end; ENOSPC over the limit, as an overwrite only
    ///   where the new object needs more pages of memory than the old one gives back; ENOMEM; EIO where the codec
    ///   fails; ENODEV where the pool was removed.
    public func put(_ page: UInt64, _ bytes: Span<UInt8>) throws(Errno) {
        guard bytes.count == Self.pageBytes else { throw countInvalid() }
        guard let probe, probe.listens(to: .put) else {
            _ = try store(page, bytes)
            return
        }
        let start = probe.now
        let entry = try store(page, bytes)
        tell(probe, .put, page, entry, since: start)
    }

    private func store(_ page: UInt64, _ bytes: Span<UInt8>) throws(Errno) -> Int {
        if let word = bytes.repeatedWord { return try store(page, repeating: word) }
        let workspace = try workspaces.take()
        defer { workspaces.giveBack(workspace) }
        workspace.frame.removeAll()
        do throws(Errno) {
            try workspace.contexts.compress(bytes, level: level, into: &workspace.frame)
        } catch {
            shard.withLock { $0.counted.failedWrites += 1 }
            throw error
        }
        let kind: TableEntry.Kind = workspace.frame.count < Self.frameBytesMax ? .compressed : .huge
        if kind == .huge {
            workspace.frame.removeAll()
            Self.seal(bytes, into: &workspace.frame)
        }
        try store(page, kind, workspace.frame.span)
        return kind == .huge ? Self.pageBytes : workspace.frame.count
    }

    private func store(_ page: UInt64, _ kind: TableEntry.Kind, _ payload: Span<UInt8>) throws(Errno) {
        try shard.withLock { shard throws(Errno) in
            try shard.admit(page)
            try shard.put(page, kind, payload)
        }
    }

    private func store(_ page: UInt64, repeating word: UInt64) throws(Errno) -> Int {
        try shard.withLock { shard throws(Errno) in
            try shard.admit(page)
            try shard.put(page, repeating: word)
        }
        return 0
    }

    // MARK: get

    /// Gives a page back.
    ///
    /// Its object is copied under the lock and unpacked outside, straight into the buffer.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - out: ``pageBytes`` are appended; as it was where an error is thrown.
    /// - Throws: EINVAL beyond the end; ENODATA where nothing is stored; EBADMSG where the checksum says that the
    ///   object is damaged; ENOMEM where there are no contexts; ENODEV where the pool was removed.
    public func get(_ page: UInt64, into out: inout ByteBuffer) throws(Errno) {
        guard let probe, probe.listens(to: .get) else {
            _ = try load(page, into: &out)
            return
        }
        let start = probe.now
        let stored = try load(page, into: &out)
        tell(probe, .get, page, stored, since: start)
    }

    private func load(_ page: UInt64, into out: inout ByteBuffer) throws(Errno) -> Int {
        let workspace = try workspaces.take()
        defer { workspaces.giveBack(workspace) }
        workspace.frame.removeAll()
        let stored = try shard.withLock { shard throws(Errno) in
            try shard.admit(page)
            return try shard.get(page, into: &workspace.frame)
        }
        do throws(Errno) {
            switch stored {
            case .compressed:
                try workspace.contexts.decompress(workspace.frame.span, into: &out)
                return workspace.frame.count
            case .huge:
                try Self.verify(workspace.frame.span, into: &out)
                return Self.pageBytes
            case .same(let word):
                out.append(repeating: word, times: Self.pageBytes / 8)
                return 0
            }
        } catch {
            shard.withLock { shard in
                shard.counted.gets -= 1
                shard.counted.failedReads += 1
            }
            throw error
        }
    }

    // MARK: discard

    /// Gives a page up, and its memory back. Nothing happens where nothing is stored.
    ///
    /// - Throws: EINVAL beyond the end; ENODEV where the pool was removed.
    public func discard(_ page: UInt64) throws(Errno) {
        let isHeard = probe?.listens(to: .discard) ?? false
        let start = isHeard ? probe?.now ?? 0 : 0
        let old = try shard.withLock { shard throws(Errno) in
            try shard.admit(page)
            return shard.discard(page)
        }
        if isHeard, let probe { tell(probe, .discard, page, old.storedBytes, since: start) }
    }

    // MARK: looking

    /// How a page is kept; nil where nothing is stored.
    ///
    /// - Throws: EINVAL beyond the end; ENODEV where the pool was removed.
    public func state(of page: UInt64) throws(Errno) -> PageState? {
        try shard.withLock { shard throws(Errno) in
            try shard.admit(page)
            return shard.state(page)
        }
    }

    /// The first stored page from `page` on; nil where there is none. Skips what is empty by 512 and by 2^18 pages.
    public func nextStored(from page: UInt64) -> UInt64? {
        shard.withLock { $0.storage.table.next(from: page) }
    }

    // MARK: inside

    /// Appends the checksum of a page, and the page.
    private static func seal(_ page: Span<UInt8>, into frame: inout ByteBuffer) {
        let checksum = Hash64.ofMany(page, seed: checksumSeed)
        for index in 0..<4 { frame.append(UInt8(truncatingIfNeeded: checksum >> UInt64(index * 8))) }
        frame.append(page)
    }

    /// Appends a page behind its checksum.
    ///
    /// - Throws: EBADMSG where it is not the page's.
    private static func verify(_ frame: Span<UInt8>, into page: inout ByteBuffer) throws(Errno) {
        let bytes = frame.extracting(4..<frame.count)
        let checksum = Hash64.ofMany(bytes, seed: checksumSeed)
        for index in 0..<4 where frame[index] != UInt8(truncatingIfNeeded: checksum >> UInt64(index * 8)) {
            throw .badMessage
        }
        page.append(bytes)
    }

    private func countInvalid() -> Errno {
        shard.withLock { shard in
            if shard.isClosed { return .operationNotSupportedByDevice }
            shard.counted.invalidOperations += 1
            return .invalidArgument
        }
    }

    private func tell(
        _ probe: any PageProbe, _ operation: PageOperation, _ page: UInt64, _ storedBytes: Int, since start: UInt64
    ) {
        probe.happened(
            operation, pool: name, page: page, storedBytes: storedBytes, nanoseconds: probe.now &- start)
    }
}
