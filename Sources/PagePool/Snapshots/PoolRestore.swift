internal import Bytes
internal import Synchronization
public import SystemPackage

/// Takes a snapshot as it comes, and gives a pool its pages for those that it has once it was there whole.
///
/// ```swift
/// let restore = try PoolRestore(into: pool)
/// try restore.take(piece)                 // any number of times
/// try restore.finish()                    // or abandon()
/// ```
/// Objects are taken as they are, each after it was unpacked once, so every page comes out bit for bit as it went in; the
/// pool keeps its settings. Until the end the pool is as it was, and what is put into it goes with its old pages. The new
/// ones lie beside these and count as held: `mem_limit` has to have room for both, or the pool is to be reset before.
/// One thread at a time uses it, and it ends once; after a failure, too, with ``abandon()``.
public final class PoolRestore: @unchecked Sendable {
    // Sendable: one thread at a time uses it; the pool is anybody's.

    private let pool: PagePool
    private let stage: RestoreStage
    private var reader = SnapshotReader()
    private var scratch = ByteBuffer(capacity: PagePool.pageBytes)
    /// Room for the contents of a block.
    private var spare = ByteBuffer(capacity: 64)
    private var pages: UInt64 = 0
    private var objects: UInt64 = 0
    /// The dictionaries that came, by their numbers in the stream, and all that were made of them.
    private var dictionaries: [UInt8: LiveDictionary] = [:]
    private var installed: [LiveDictionary] = []
    private var isOver = false

    /// Begins.
    ///
    /// - Throws: EBUSY where another restore of the pool is under way; ENODEV where it was removed.
    public init(into pool: PagePool) throws(Errno) {
        if pool.isDead { throw .operationNotSupportedByDevice }
        guard !pool.isRestoring.exchange(true, ordering: .acquiring) else { throw .resourceBusy }
        self.pool = pool
        stage = RestoreStage(for: pool)
    }

    deinit { abandon() }

    /// Takes what comes next.
    ///
    /// - Throws: what is wrong with it, or why the pool cannot take it. Nothing may follow but ``abandon()``.
    public func take(_ piece: Span<UInt8>) throws(RestoreFailure) {
        if pool.isDead { throw .refused(.operationNotSupportedByDevice) }
        // Out of the object, for the compiler does not see that nobody else can reach it there.
        var block = ByteBuffer(capacity: 64)
        swap(&block, &spare)
        defer { swap(&block, &spare) }
        var done = 0
        while let kind = try next(in: piece, &done, &block) {
            switch kind {
            case .settings: try check(settings: block.span)
            case .dictionary: try take(dictionary: block.span)
            case .pages:
                let workspace = try lend()
                defer { pool.workspaces.giveBack(workspace) }
                try take(pages: block.span, workspace)
            case .end: try check(end: block.span)
            }
        }
    }

    private func next(
        in piece: Span<UInt8>, _ done: inout Int, _ contents: inout ByteBuffer
    ) throws(RestoreFailure) -> SnapshotFormat.Block? {
        do throws(SnapshotMistake) {
            return try reader.next(in: piece, &done, &contents)
        } catch {
            throw .mistake(error)
        }
    }

    private func lend() throws(RestoreFailure) -> Workspace {
        do throws(Errno) { return try pool.workspaces.take() } catch { throw .refused(error) }
    }

    /// Gives the pool its new pages; the old ones are let go.
    ///
    /// - Throws: that it was not all, or why the pool cannot take it. It is over then, too.
    public func finish() throws(RestoreFailure) {
        defer { abandon() }
        if !reader.hasEnded { throw .mistake(.truncated) }
        do throws(Errno) { try stage.exchange() } catch { throw .refused(error) }
    }

    /// Lets go of what came; the pool is as it was. Doing it twice does nothing more.
    public func abandon() {
        if isOver { return }
        isOver = true
        stage.letGo()
        // Those that no page has now go, too.
        for dictionary in installed { pool.release(dictionary) }
        installed = []
        dictionaries = [:]
        pool.isRestoring.store(false, ordering: .releasing)
    }

    // MARK: blocks

    private func check(settings bytes: Span<UInt8>) throws(RestoreFailure) {
        guard bytes.count > 24 else { throw .mistake(.altered) }
        let pageBytes = bytes.number(at: 0, as: UInt32.self)
        if Int(pageBytes) != PagePool.pageBytes { throw .mistake(.otherPageSize(pageBytes)) }
        let codecEnd = 25 + Int(bytes[24])
        guard codecEnd < bytes.count, codecEnd + 1 + Int(bytes[codecEnd]) == bytes.count else {
            throw .mistake(.altered)
        }
        if !bytes.extracting(25..<codecEnd).equals(pool.workspaces.codec.name.utf8Span.span) {
            throw .mistake(.otherCodec)
        }
    }

    /// Makes a dictionary of the stream one of the pool's, for as long as pages need it.
    private func take(dictionary bytes: Span<UInt8>) throws(RestoreFailure) {
        guard bytes.count > 4, bytes[0] != 0, bytes[2] == 0, bytes[3] == 0,
            let kind = PageDictionaryKind(rawValue: bytes[1])
        else { throw .mistake(.altered) }
        do throws(Errno) {
            var hasSlack = true
            let dictionary = try pool.install(bytes.extracting(4..<bytes.count), kind: kind) { pages in
                stage.makeRoom(pages, &hasSlack)
            }
            installed.append(dictionary)
            dictionaries[bytes[0]] = dictionary
        } catch {
            throw error == .invalidArgument ? .mistake(.unknownDictionary(bytes[0])) : .refused(error)
        }
    }

    private func take(pages bytes: Span<UInt8>, _ workspace: Workspace) throws(RestoreFailure) {
        var offset = 0
        while offset < bytes.count {
            let record = bytes.extracting(offset..<bytes.count)
            guard record.count >= 8, let kind = SnapshotFormat.Record(rawValue: record[0]) else {
                throw .mistake(.altered)
            }
            let page = UInt64(record.number(at: 4, as: UInt32.self))
            if let last = stage.last, page <= last { throw .mistake(.altered) }
            if kind == .same {
                try take(run: record, from: page)
                offset += 20
                continue
            }
            let length = Int(record.number(at: 2, as: UInt16.self))
            guard record.count >= 8 + length else { throw .mistake(.altered) }
            try take(kind, record[1], page, record.extracting(8..<(8 + length)), workspace)
            offset += 8 + length
        }
    }

    private func take(run record: Span<UInt8>, from page: UInt64) throws(RestoreFailure) {
        guard record.count >= 20, record[1] == 0, record[2] == 0, record[3] == 0 else { throw .mistake(.altered) }
        let count = UInt64(record.number(at: 8, as: UInt32.self))
        guard count > 0, count <= SnapshotFormat.runMax else { throw .mistake(.altered) }
        let word = record.number(at: 12, as: UInt64.self)
        try requireWithin(page + count - 1)
        for page in page..<(page + count) {
            do throws(Errno) { try stage.put(page, repeating: word) } catch { throw .refused(error) }
        }
        pages += count
    }

    private func take(
        _ kind: SnapshotFormat.Record, _ dictionary: UInt8, _ page: UInt64, _ object: Span<UInt8>,
        _ workspace: Workspace
    ) throws(RestoreFailure) {
        let isCompressed = kind == .compressed
        let isPossible =
            isCompressed
            ? object.count > 0 && object.count < HugePage.frameBytesMin : object.count == ClassShape.payloadMax
        guard isPossible, isCompressed || dictionary == 0 else { throw .mistake(.altered) }
        let own = dictionaries[dictionary]
        if dictionary != 0, own == nil { throw .mistake(.unknownDictionary(dictionary)) }
        try requireWithin(page)
        let form = TableEntry.Form(kind: isCompressed ? .compressed : .huge, dictionary: own?.number ?? 0)
        var found = PoolShard.Found(entry: TableEntry(form, index: 0, payload: object.count))
        found.dictionary = own
        scratch.removeAll()
        do throws(Errno) {
            try pool.unpack(found, object, workspace, into: &scratch)
            try stage.put(page, form, object)
        } catch {
            throw error == .badMessage ? .mistake(.damaged(page)) : .refused(error)
        }
        pages += 1
        objects += 1
    }

    private func requireWithin(_ page: UInt64) throws(RestoreFailure) {
        if page >= pool.devicePages.load(ordering: .relaxed) { throw .mistake(.beyondEnd(page)) }
    }

    private func check(end bytes: Span<UInt8>) throws(RestoreFailure) {
        guard bytes.count == 24, bytes.number(at: 0, as: UInt64.self) == pages,
            bytes.number(at: 8, as: UInt64.self) == objects,
            bytes.number(at: 16, as: UInt32.self) == UInt32(installed.count), bytes.number(at: 20, as: UInt32.self) == 0
        else { throw .mistake(.altered) }
    }
}
