public import Bytes
internal import Locking
public import SystemPackage

extension PagePool {
    /// Does what the records of a batch say, in their order, each whole or not at all.
    ///
    /// A record of pages to be put is compressed first, outside every lock; then the shards of its pages are locked
    /// together and all its pages change at once, for everybody: 0.3 us a page. A page is got as if it were alone.
    ///
    /// - Parameters:
    ///   - batch: what is to be done.
    ///   - out: for each record its header is appended, with flags 0, or with flags 1 and the errno where it was refused;
    ///     behind the header of pages that were got a bit for each page, the first page's lowest, and those that
    ///     are there. Unchanged where an error is thrown.
    /// - Throws: ENODEV where the pool was removed; nothing was done then.
    public func apply(_ batch: borrowing PageBatch, into out: inout ByteBuffer) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        out.reserve(batch.answerBytesMax)
        for record in batch.records {
            let start = out.count
            out.append(header: record, refused: nil)
            do throws(Errno) {
                switch record.operation {
                case .put: try put(record, of: batch)
                case .get: try get(record, into: &out)
                case .discard: try discard(record)
                }
            } catch {
                out.truncate(to: start)
                out.append(header: record, refused: error)
            }
        }
    }

    /// Begins to time a record, where somebody listens.
    private func listener(to operation: PageOperation) -> (probe: any PageProbe, start: UInt64)? {
        guard let probe, probe.listens(to: operation) else { return nil }
        return (probe, probe.now)
    }

    /// Tells of a record's pages, each with its share of the time.
    private func tell(
        _ listener: (probe: any PageProbe, start: UInt64), _ record: BatchRecord, _ pages: [(page: UInt64, bytes: Int)]
    ) {
        let each = (listener.probe.now &- listener.start) / UInt64(max(pages.count, 1))
        for (page, bytes) in pages {
            listener.probe.happened(
                record.operation.told, pool: name, page: page, storedBytes: bytes, nanoseconds: each)
        }
    }

    // MARK: put

    private func put(_ record: BatchRecord, of batch: borrowing PageBatch) throws(Errno) {
        if record.count == 1 { return try put(record.first, batch.page(0, of: record)) }
        let listener = listener(to: .put)
        let workspace: Workspace
        do throws(Errno) { workspace = try workspaces.take() } catch { throw countFailed(record, error) }
        defer { workspaces.giveBack(workspace) }
        var scratch = BatchScratch()
        swap(&scratch, &workspace.batch)
        defer { swap(&scratch, &workspace.batch) }
        defer { scratch.shrink() }
        let parts = parts(of: record, claims: true)
        let set = dictionaries.borrow()
        defer { set?.giveBack() }
        do throws(Errno) {
            try draft(record, of: batch, workspace, set, &scratch)
            do throws(Errno) {
                try store(record, parts[...], scratch, isTight: false)
            } catch {
                guard error == .noSpace else { throw error }
                try storeAgain(record, parts, scratch)
            }
        } catch {
            // A page beyond the end, and a pool that is gone, were counted where they were noticed.
            let isCounted = error == .invalidArgument || error == .operationNotSupportedByDevice
            throw isCounted ? error : countFailed(record, error)
        }
        if spiller.wantsLarge {
            let large = record.pages.filter { scratch.drafts[Int($0 - record.first)].bytes.count > Spiller.largeBytes }
            if !large.isEmpty { spiller.note(large: large, self) }
        }
        if held.wake.isSet { spiller.heed(self) }
        guard let listener else { return }
        tell(listener, record, record.pages.map { ($0, scratch.drafts[Int($0 - record.first)].storedBytes) })
    }

    /// Once more, without slack; then as long as pages go to the backing store meanwhile.
    private func storeAgain(
        _ record: BatchRecord, _ parts: [ShardPart], _ scratch: borrowing BatchScratch
    ) throws(Errno) {
        var mayWait = spiller.mayHelp
        trimShards(keepingSample: mayWait)
        // Each of its classes may begin a page.
        let pages = scratch.frames.count / Self.pageBytes + min(record.count, ClassShape.count) + Self.pagesToPut
        while true {
            do throws(Errno) {
                return try store(record, parts[...], scratch, isTight: true)
            } catch {
                guard error == .noSpace, mayWait else { throw error }
            }
            mayWait = spiller.waitForRoom(pages, self)
            trimShards(keepingSample: mayWait)
        }
    }

    private func countFailed(_ record: BatchRecord, _ error: Errno) -> Errno {
        shards[homes.home(of: record.first)].state.withLock { $0.counted.failedWrites += UInt64(record.count) }
        return error
    }

    /// Makes the objects of a record's pages.
    private func draft(
        _ record: BatchRecord, of batch: borrowing PageBatch, _ workspace: Workspace, _ set: DictionarySet?,
        _ scratch: inout BatchScratch
    ) throws(Errno) {
        scratch.drafts.removeAll(keepingCapacity: true)
        scratch.frames.removeAll()
        for index in 0..<record.count {
            let bytes = batch.page(index, of: record)
            let start = scratch.frames.count
            guard let word = bytes.repeatedWord else {
                let form = try pack(bytes, workspace, set, into: &scratch.frames)
                scratch.drafts.append(PageDraft(form, start..<scratch.frames.count))
                continue
            }
            if let entry = TableEntry(repeating: word) {
                scratch.drafts.append(PageDraft(entry))
            } else {
                scratch.frames.append(repeating: word, times: 1)
                scratch.drafts.append(PageDraft(TableEntry.Form(kind: .same), start..<scratch.frames.count))
            }
        }
    }

    /// Stores a record's pages in some shards, which are locked one within the other.
    private func store(
        _ record: BatchRecord, _ parts: ArraySlice<ShardPart>, _ scratch: borrowing BatchScratch, isTight: Bool
    ) throws(Errno) {
        guard let part = parts.first else { return }
        try shards[part.shard].state.withLock { shard throws(Errno) in
            try shard.admit(record.pages.upperBound - 1)
            let plan = try shard.prepare(part.runs, scratch.drafts, first: record.first, isTight: isTight)
            do throws(Errno) {
                try store(record, parts.dropFirst(), scratch, isTight: isTight)
            } catch {
                shard.abandon(plan)
                throw error
            }
            shard.commit(plan, scratch.drafts, first: record.first, from: scratch.frames.span)
        }
    }

    // MARK: get and discard

    /// Appends the bits and the pages, 64 neighbours at a time: so many objects are copied under a lock, then unpacked.
    private func get(_ record: BatchRecord, into out: inout ByteBuffer) throws(Errno) {
        let listener = listener(to: .get)
        let workspace = try workspaces.take()
        defer { workspaces.giveBack(workspace) }
        var scratch = BatchScratch()
        swap(&scratch, &workspace.batch)
        defer { swap(&scratch, &workspace.batch) }
        defer { scratch.shrink() }
        var told: [(page: UInt64, bytes: Int)] = []
        let bits = out.count
        out.append(repeating: UInt8(0), count: (record.count + 7) / 8)
        var found: [(page: UInt64, what: PoolShard.Found, end: Int)] = []
        var start = record.first
        while start < record.pages.upperBound {
            let run = start..<min((start >> 6 + 1) << 6, record.pages.upperBound)
            start = run.upperBound
            found.removeAll(keepingCapacity: true)
            scratch.frames.removeAll()
            try withShard(of: run.lowerBound) { shard throws(Errno) in
                try shard.admit(run.upperBound - 1)
                for page in run where !shard.storage.table.entry(page).isEmpty {
                    let what = try shard.get(page, into: &scratch.frames)
                    found.append((page, what, scratch.frames.count))
                }
            }
            var offset = 0
            workspace.blocksOrigin = nil
            for (page, what, end) in found {
                let frame = scratch.frames.span.extracting(offset..<end)
                offset = end
                guard let bytes = try give(page, what, frame, orFetchIn: workspace, into: &out) else { continue }
                let index = Int(page - record.first)
                out.formUnion(1 << UInt8(index & 7), at: bits + index >> 3)
                if listener != nil { told.append((page, bytes)) }
            }
        }
        if let listener { tell(listener, record, told) }
    }

    /// Gives a page of what was got of it; nil where it had to be read and was given up meanwhile.
    private func give(
        _ page: UInt64, _ found: PoolShard.Found, _ object: Span<UInt8>, orFetchIn workspace: Workspace,
        into out: inout ByteBuffer
    ) throws(Errno) -> Int? {
        guard found.entry.isOnDisk else { return try give(page, found, object, workspace, into: &out) }
        do throws(Errno) {
            return try fetch(page, found, workspace, usesBlocksAgain: true, into: &out)
        } catch {
            if error == .noData { return nil }
            throw error
        }
    }

    private func discard(_ record: BatchRecord) throws(Errno) {
        let listener = listener(to: .discard)
        var told: [(page: UInt64, bytes: Int)] = []
        try discard(record, parts(of: record, claims: false)[...]) { page, bytes in
            if listener != nil { told.append((page, bytes)) }
        }
        if held.wake.isSet { spiller.heed(self) }
        if let listener { tell(listener, record, told) }
    }

    private func discard(
        _ record: BatchRecord, _ parts: ArraySlice<ShardPart>, _ done: (UInt64, Int) -> Void
    ) throws(Errno) {
        guard let part = parts.first else { return }
        try shards[part.shard].state.withLock { shard throws(Errno) in
            try shard.admit(record.pages.upperBound - 1)
            try discard(record, parts.dropFirst(), done)
            for run in part.runs {
                for page in run { done(page, shard.discard(page).storedBytes) }
            }
        }
    }

    // MARK: shards

    /// The pages of a record that one shard has.
    private struct ShardPart {
        let shard: Int
        var runs: [Range<UInt64>]
    }

    /// A record's pages by their shards, in the order of their locks.
    private func parts(of record: BatchRecord, claims: Bool) -> [ShardPart] {
        var parts: [ShardPart] = []
        var start = record.first
        while start < record.pages.upperBound {
            let run = start..<min((start >> 9 + 1) << 9, record.pages.upperBound)
            let shard = claims ? claimHome(of: start) : homes.home(of: start)
            if let place = parts.firstIndex(where: { $0.shard == shard }) {
                parts[place].runs.append(run)
            } else {
                parts.append(ShardPart(shard: shard, runs: [run]))
            }
            start = run.upperBound
        }
        return parts.sorted { $0.shard < $1.shard }
    }
}

extension ByteBuffer {
    /// Appends the header of a record's answer.
    fileprivate mutating func append(header record: BatchRecord, refused error: Errno?) {
        append(record.operation.rawValue)
        append(error == nil ? 0 : 1 as UInt8)
        append(littleEndian: UInt64(error?.rawValue ?? 0), bytes: 2)
        append(littleEndian: UInt64(record.count), bytes: 4)
        append(littleEndian: record.first, bytes: 8)
    }

    private mutating func append(littleEndian value: UInt64, bytes: Int) {
        for index in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
}
