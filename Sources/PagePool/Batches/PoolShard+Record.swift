internal import SystemPackage

/// A record's pages that are in this shard: all are stored, or none.
///
/// What stacks need depends on nothing but how many objects each class has. So it can be told beforehand what a record
/// comes to, whatever its pages replace; with the memory reserved, chunks mapped and nodes made, nothing can fail
/// any more, and there is nothing to be undone. First all old objects go, then all new ones come: what is held is at
/// no time more than before or after.
extension PoolShard {
    /// What a record changes in this shard.
    struct RecordPlan {
        /// Runs of neighbours, each within one leaf.
        let runs: [Range<UInt64>]
        /// By how many objects each class grows.
        var growth = InlineArray<257, Int32>(repeating: 0)
        /// Whether there is nothing to spare, so that what goes is given back at once.
        let isTight: Bool

        init(_ runs: [Range<UInt64>], isTight: Bool) {
            precondition(ClassShape.count == 257, "a place for each class")
            self.runs = runs
            self.isTight = isTight
        }
    }

    /// Sees to it that pages can be stored: the limit, chunks, nodes. ``commit(_:_:first:from:)`` or ``abandon(_:)``
    /// is next, under the same lock.
    ///
    /// - Parameters:
    ///   - runs: the pages of this shard.
    ///   - drafts: of all pages of the record.
    ///   - first: the record's first page.
    ///   - isTight: whether to give slack back first and to judge by the net effect.
    /// - Returns: what is to be done.
    /// - Throws: ENOSPC, ENOMEM; nothing has changed then but slack.
    mutating func prepare(
        _ runs: [Range<UInt64>], _ drafts: [PageDraft], first: UInt64, isTight: Bool
    ) throws(Errno) -> RecordPlan {
        if isTight { giveBackSlack() }
        var plan = RecordPlan(runs, isTight: isTight)
        for run in runs {
            for page in run {
                let old = storage.table.entry(page)
                if old.isInMemory { plan.growth[old.classNumber] -= 1 }
                if let number = drafts[Int(page - first)].classNumber { plan.growth[number] += 1 }
            }
        }
        let nodes = nodesMissing(plan)
        var pages = nodes
        for number in 0..<ClassShape.count where plan.growth[number] != 0 {
            let change = storage.stacks.pages(of: number, changedBy: Int(plan.growth[number]))
            pages += isTight ? change.needed : max(change.resident, 0)
        }
        if pages > 0, !reserve(pages) { throw .noSpace }
        do throws(Errno) {
            for number in 0..<ClassShape.count where plan.growth[number] > 0 {
                try storage.stacks.makeRoom(number, for: Int(plan.growth[number]))
            }
            if nodes > 0 {
                for run in runs where storage.table.nodesMissing(run.lowerBound) > 0 {
                    try storage.table.makeNodes(run.lowerBound)
                }
            }
        } catch {
            abandon(plan)
            throw error
        }
        return plan
    }

    /// How many nodes are missing, those counted once that several runs share.
    private func nodesMissing(_ plan: borrowing RecordPlan) -> Int {
        var nodes = 0
        var middle: UInt64?
        for run in plan.runs {
            let missing = storage.table.nodesMissing(run.lowerBound)
            if missing == 0 { continue }
            nodes += missing == 2 && middle == run.lowerBound >> 18 ? 1 : missing
            middle = run.lowerBound >> 18
        }
        return nodes
    }

    /// Leaves everything as it was before ``prepare(_:_:first:isTight:)``.
    mutating func abandon(_ plan: borrowing RecordPlan) {
        for run in plan.runs { storage.table.dropUnusedNodes(run.lowerBound) }
        for number in 0..<ClassShape.count where plan.growth[number] > 0 { storage.stacks.dropUnusedChunks(number) }
        settle()
    }

    /// Stores the pages.
    ///
    /// - Parameters:
    ///   - plan: what was prepared.
    ///   - drafts: of all pages of the record.
    ///   - first: the record's first page.
    ///   - frames: the bytes of their objects.
    mutating func commit(
        _ plan: borrowing RecordPlan, _ drafts: [PageDraft], first: UInt64, from frames: Span<UInt8>
    ) {
        var counts = InlineArray<257, Int32>(repeating: 0)
        for number in 0..<ClassShape.count where plan.growth[number] < 0 {
            counts[number] = Int32(storage.stacks.count(number)) + plan.growth[number]
        }
        for run in plan.runs {
            for page in run { take(page, unlessOf: drafts[Int(page - first)].classNumber) }
        }
        if plan.isTight {
            for number in 0..<ClassShape.count where plan.growth[number] < 0 {
                storage.stacks.trim(number, toHold: Int(counts[number]))
            }
        }
        for run in plan.runs {
            for page in run { place(page, drafts[Int(page - first)], from: frames) }
        }
        if !plan.isTight {
            for number in 0..<ClassShape.count where plan.growth[number] < 0 { storage.stacks.trimSlack(number) }
        }
        settle()
    }

    /// Takes a page's object out, unless the new one takes its place. The entry stays as it was, to be replaced.
    private mutating func take(_ page: UInt64, unlessOf number: Int?) {
        let old = storage.table.entry(page)
        guard old.isInMemory, old.classNumber != number else { return }
        if let moved = storage.stacks.take(old.classNumber, old.index) {
            storage.table.set(moved, storage.table.entry(moved).moved(to: old.index))
        }
    }

    private mutating func place(_ page: UInt64, _ draft: PageDraft, from frames: Span<UInt8>) {
        let old = storage.table.entry(page)
        let entry: TableEntry
        if let made = draft.entry {
            entry = made
        } else {
            let payload = frames.extracting(draft.bytes)
            let number = ClassShape.number(for: payload.count)
            if old.isInMemory, old.classNumber == number {
                storage.stacks.overwrite(number, old.index, payload)
                entry = TableEntry(draft.form, index: old.index, payload: payload.count)
            } else {
                let index = storage.stacks.push(number, page: page, payload)
                entry = TableEntry(draft.form, index: index, payload: payload.count)
            }
        }
        if old.isOnDisk { forgetOnDisk(old) }
        storage.table.set(page, entry)
        count(old, isComing: false)
        count(entry, isComing: true)
        counted.puts += 1
    }
}
