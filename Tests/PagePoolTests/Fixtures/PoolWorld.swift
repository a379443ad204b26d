internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage

@testable internal import PagePool

/// A pool with all that there is at once, beside a dictionary: one thread, which does the pool's chores as well, so that the
/// order of everything comes from the seed. Only how far a step gets that works for some milliseconds is left to the clock.
struct PoolWorld {
    /// How much of what was done: a simulation that went no way twice would show little.
    struct Deeds: Equatable {
        var operations = 0
        var puts = 0
        var refused = 0
        var snapshots = 0
        var restores = 0
        var restoresRefused = 0
        var resets = 0
        var faults = 0
        var failures = 0
        var spilled: UInt64 = 0
        var promoted: UInt64 = 0
        var moved: UInt64 = 0
        var recompressed: UInt64 = 0
        var trainings: UInt64 = 0
        var adopted: Set<UInt64> = []
        var scrubs: UInt64 = 0
        var storesChanged = 0
    }

    /// What a page is to be: a base, and what was changed in it since.
    private struct Version {
        /// As ``TestPage`` takes it; -1 repeats the mark.
        var length: Int
        var mark: UInt64
        var changes: [(offset: Int, count: Int, mark: UInt64)] = []
    }

    /// Pages as they were when a snapshot was taken of them.
    private struct Saved {
        let bytes: [UInt8]
        let model: [UInt64: Version]
    }

    /// What may fail at the moment, and until which operation.
    private struct Faults {
        var reads = false
        var writes = false
        var codec = false
        var mappings = false
        var end = Int.max
        var isAny: Bool { reads || writes || codec || mappings }
    }

    /// Memory that is scarce when the world says so.
    private final class Outlook: MemorySource {
        let heard = Locked<(@Sendable (String) -> Void)?>(nil)
        var outlook: MemoryOutlook { MemoryOutlook(totalBytes: 3 << 20, availableBytes: 2 << 20) }

        func listen(_ heard: @escaping @Sendable (String) -> Void) -> Bool {
            self.heard.withLock { $0 = heard }
            return true
        }
    }

    private static let pages: UInt64 = 1 << 18
    private static let plan: DictionaryPlan = {
        var plan = DictionaryPool.plan
        plan.every = 4
        plan.familiesMax = 3
        plan.pagesMax = 300
        plan.countMax = 12
        return plan
    }()

    let pool: PagePool
    private let pools: PagePools
    private let codec = ToyCodec()
    private let memory = ScantMemory()
    private let outlook = Outlook()
    private var device: TestDevice
    private var random: SeededGenerator
    private var model: [UInt64: Version] = [:]
    private var saved: [Saved] = []
    private var faults = Faults()
    /// What statistics have to say since the last reset.
    private var puts: UInt64 = 0
    private var discards: UInt64 = 0
    private var held = 0
    private(set) var deeds = Deeds()
    /// The first things that were wrong.
    private(set) var problems: [String] = []

    init(seed: UInt64, shards: Int) throws {
        random = SeededGenerator(seed: seed)
        memory.hasThreads.store(false, ordering: .relaxed)
        codec.extraBelow2.store(32, ordering: .relaxed)
        pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10), dictionaryPlan: Self.plan, pressure: outlook,
            pace: .init(quiet: 0, pause: 0))
        pool = try pools.create(
            name: "w",
            options: PagePoolOptions(disksizeBytes: Self.pages << 12, memLimitBytes: 1 << 20, dictionary: .space))
        device = TestDevice(clusters: 40)
        try pool.setBacking(device: device)
    }

    // MARK: running

    /// Does so many things.
    ///
    /// - Parameters:
    ///   - operations: how many.
    ///   - interval: after so many all invariants are checked, and after twenty times as many every page.
    mutating func run(operations: Int, checkedEvery interval: Int) {
        for _ in 0..<operations where problems.isEmpty {
            deeds.operations += 1
            if deeds.operations >= faults.end { endFaults() }
            operate()
            checkHeld()
            if deeds.operations % interval == 0 { check() }
            if deeds.operations % (interval * 20) == 0 { checkEveryPage() }
        }
        endFaults()
        check()
        checkEveryPage()
    }

    /// Removes the pool and looks whether everything went with it.
    mutating func end() throws {
        note(statistics: pool.statistics)
        try pools.remove(pool)
        if pool.held.count != 0 { wrong("\(pool.held.count) pages are held after the end") }
        if codec.dictionaries.load(ordering: .relaxed) != 0 { wrong("dictionaries after the end") }
    }

    private mutating func operate() {
        switch below(10_000) {
        case 0..<4_000: put()
        case 4_000..<6_300: get()
        case 6_300..<7_000: discard()
        case 7_000..<7_600: modify()
        case 7_600..<7_850: batch()
        case 7_850..<8_000: look()
        case 8_000..<8_700: step(pool.spiller)
        case 8_700..<9_050: step(pool.dictionaryChore)
        case 9_050..<9_110: step(pool.recompressionChore)
        case 9_110..<9_150: step(pool.scrubber)
        case 9_150..<9_190: step(pool.limitKeeper)
        case 9_190..<9_270: beginFaults()
        case 9_270..<9_273: reset()
        case 9_273..<9_276: snapshot()
        case 9_276..<9_280: restore()
        default: set()
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func wrong(_ text: String) {
        if problems.count < 10 { problems.append("operation \(deeds.operations): \(text)") }
    }

    // MARK: pages

    private mutating func pageNumber() -> UInt64 {
        below(4) == 0 ? UInt64(below(64)) << 12 | UInt64(below(8)) : UInt64(below(600))
    }

    private func bytes(_ version: Version?) -> [UInt8] {
        guard let version else { return TestPage.repeating(0) }
        var page: [UInt8]
        switch version.length {
        case -1: page = TestPage.repeating(version.mark)
        case 600... where version.mark & 3 != 0:
            page = TestPage.related(version.length, mark: version.mark, family: UInt8(version.mark >> 30 & 1))
        default: page = TestPage.of(version.length, mark: version.mark)
        }
        for change in version.changes {
            page.replaceSubrange(
                change.offset..<(change.offset + change.count), with: Self.bytes(of: change.mark, change.count))
        }
        return page
    }

    private static func bytes(of mark: UInt64, _ count: Int) -> [UInt8] {
        mark & 7 == 0 ? [UInt8](repeating: 0, count: count) : Array(TestPage.of(count, mark: mark)[..<count])
    }

    private mutating func version() -> Version {
        let mark = random.next()
        switch mark % 16 {
        case 0: return Version(length: -1, mark: below(4) == 0 ? 0 : mark)
        case 1: return Version(length: 4096, mark: mark)
        case 2: return Version(length: 2100 + below(1996), mark: mark)
        default: return Version(length: 1 + below(2000), mark: mark)
        }
    }

    /// Whether something may fail so at the moment.
    private func may(_ error: Errno) -> Bool {
        switch error {
        case .ioError: faults.reads || faults.codec
        case .noMemory: faults.codec || faults.mappings
        case .badMessage: faults.codec
        default: false
        }
    }

    private mutating func failed(_ what: String, _ error: Errno) {
        deeds.failures += 1
        if !may(error) { wrong("\(what): \(error)") }
    }

    private mutating func refused(_ what: String, _ error: Errno, beyondEnd: Bool) {
        if error == .noSpace {
            deeds.refused += 1
        } else if error == .invalidArgument {
            if !beyondEnd { wrong("\(what): \(error)") }
        } else {
            failed(what, error)
        }
    }

    private var devicePages: UInt64 { pool.disksizeBytes >> 12 }

    private mutating func put() {
        let number = pageNumber()
        let version = version()
        do throws(Errno) {
            try pool.put(number, bytes(version).span)
            model[number] = version
            puts += 1
        } catch {
            refused("put \(number)", error, beyondEnd: number >= devicePages)
        }
    }

    private mutating func get() { get(pageNumber()) }

    private mutating func get(_ number: UInt64) {
        var buffer = ByteBuffer(capacity: 4096)
        do throws(Errno) {
            try pool.get(number, into: &buffer)
            guard let version = model[number] else { return wrong("\(number) is there") }
            if !buffer.span.equals(bytes(version).span) { wrong("\(number) has other bytes") }
        } catch {
            if error == .noData, model[number] == nil { return }
            if error == .invalidArgument, number >= devicePages { return }
            if model[number] == nil { wrong("get \(number): \(error)") }
            failed("get \(number)", error)
        }
    }

    private mutating func discard() {
        let number = pageNumber()
        do throws(Errno) {
            try pool.discard(number)
            model[number] = nil
            discards += 1
        } catch {
            if error != .invalidArgument || number < devicePages { wrong("discard \(number): \(error)") }
        }
    }

    /// A write of the device: some bytes of a page.
    private mutating func modify() {
        let number = pageNumber()
        let mark = random.next()
        let isWhole = below(8) == 0
        let offset = isWhole ? 0 : below(4096)
        let count = isWhole ? 4096 : 1 + below(min(4096 - offset, 700))
        do throws(Errno) {
            try pool.modify(number, at: offset, Self.bytes(of: mark, count).span)
            // One that is written whole is nothing but that.
            let old = isWhole ? nil : model[number]
            var version = old ?? Version(length: -1, mark: 0)
            version.changes.append((offset, count, mark))
            let isZero = bytes(version).span.repeatedWord == 0
            model[number] = isZero ? nil : version
            if isZero { discards += 1 } else { puts += 1 }
            // So many are slow to follow.
            guard version.changes.count > 6 else { return }
            let fresh = self.version()
            try pool.put(number, bytes(fresh).span)
            model[number] = fresh
            puts += 1
        } catch {
            refused("modify \(number)", error, beyondEnd: number >= devicePages)
        }
    }

    private mutating func batch() {
        var batch = TestBatch()
        var drafts: [(first: UInt64, versions: [Version?]?)] = []
        for _ in 0..<(1 + below(3)) {
            // Often across two leaves, which may be in two shards.
            let first = UInt64(below(2) == 0 ? below(560) : 480 + below(60))
            let count = 1 + below(40)
            switch below(4) {
            case 0:
                batch.discard(first, count)
                drafts.append((first, [Version?](repeating: nil, count: count)))
            case 1:
                batch.get(first, count)
                drafts.append((first, nil))
            default:
                let versions = (0..<count).map { _ in version() }
                batch.put(first, versions.map { bytes($0) })
                drafts.append((first, versions))
            }
        }
        do {
            for (answer, draft) in zip(try batch.send(to: pool), drafts) {
                if let error = answer.errno {
                    refused("batch at \(answer.first)", error, beyondEnd: false)
                } else if let versions = draft.versions {
                    for (index, version) in versions.enumerated() { model[draft.first + UInt64(index)] = version }
                    if answer.letter == "P" {
                        puts += UInt64(versions.count)
                    } else {
                        discards += UInt64(versions.count)
                    }
                } else {
                    check(answer)
                }
            }
        } catch let mistake as PageBatch.Mistake {
            if mistake.kind != .beyondEnd || devicePages > 640 { wrong("batch: \(mistake)") }
        } catch {
            wrong("batch: \(error)")
        }
    }

    private mutating func check(_ answer: TestBatch.Answer) {
        for (index, page) in answer.pages.enumerated() {
            let number = answer.first + UInt64(index)
            if page != model[number].map({ bytes($0) }) { wrong("\(number) has other bytes in a batch") }
        }
    }

    private mutating func look() {
        let number = pageNumber()
        if number >= devicePages { return }
        do throws(Errno) {
            let isThere = try pool.state(of: number) != nil
            if isThere != (model[number] != nil) { wrong("the state of \(number)") }
            if let age = try pool.age(of: number), age > TableEntry.idleAge { wrong("the age of \(number)") }
        } catch {
            wrong("state of \(number): \(error)")
        }
    }

    // MARK: chores and settings

    private mutating func step(_ chore: some PoolChore) {
        // As many as a thread would do between two operations of a client.
        for _ in 0..<(1 + below(4)) {
            if chore.step() == .done { return }
        }
    }

    private mutating func set() {
        do throws(Errno) {
            switch below(32) {
            case 0, 1: try pool.setMemLimit(UInt64(400 + below(1600)) << 10)
            case 2: try pool.setMemLimit(below(3) == 0 ? 0 : 1 << 20)
            case 3: try pool.setMemLimitAuto()
            case 4: outlook.heard.withLock { $0 }?("the world says so")
            case 5, 6: try pool.setSpillPolicy(.half)
            case 7: try pool.setSpillPolicy(.never)
            case 8, 9, 10: try pool.setSpillPolicy(nil)
            case 11: try pool.setDictionaryPolicy(.off)
            case 12: try pool.setDictionaryPolicy(.speed)
            case 13, 14: try pool.setDictionaryPolicy(below(2) == 0 ? .auto : .space)
            case 15: try pool.setLevel(below(4))
            case 16: try pool.markIdle()
            case 17..<22: writeBack()
            case 22, 23: try orderRecompression()
            case 24: pool.stopRecompressing()
            case 25: try pool.scrubber.begin(pages: pool.statistics.pagesStored)
            case 26: if below(4) == 0 { pool.endScrub() }
            case 27: pool.setWritebackLimit(blocks: UInt64(below(400)), isLimited: below(4) == 0)
            case 28: try changeStore()
            case 29, 30: try setDisksize()
            default: pool.forgetMemUsedMax()
            }
        } catch {
            failedSetting(error)
        }
    }

    private mutating func failedSetting(_ error: Errno) {
        if error != .resourceBusy, error != .noSpace { failed("a setting", error) }
    }

    /// As zram's `writeback`, which would wait for the thread.
    private mutating func writeBack() {
        guard pool.backingName != nil else { return }
        let kind: WritebackKind
        switch below(5) {
        case 0: kind = .idle
        case 1: kind = .huge
        case 2: kind = .hugeIdle
        case 3: kind = .large
        default:
            let first = UInt64(below(600))
            kind = .pages([first...(first + UInt64(below(200)))])
        }
        pool.spiller.work.withLock { $0.requests.append(WritebackRequest(kind)) }
    }

    private mutating func orderRecompression() throws(Errno) {
        let kinds = RecompressionOrder.Pages.allCases
        try pool.recompressionChore.take(
            RecompressionOrder(
                pages: kinds[below(kinds.count)], pagesMax: below(2) == 0 ? nil : 1 + below(200), level: 2 + below(2),
                cpuPercent: 100))
    }

    private mutating func changeStore() throws(Errno) {
        let isUsed = pool.statistics.pagesOnDisk > 0
        let next = below(3) == 0 ? nil : TestDevice(clusters: 6 + below(60))
        do throws(Errno) {
            try pool.setBacking(device: next)
            if isUsed { wrong("a store went with pages in it") }
            if let next { device = next }
            deeds.storesChanged += 1
        } catch {
            if error == .resourceBusy, !isUsed { wrong("a store that nobody used stays") }
            throw error
        }
    }

    private mutating func setDisksize() throws(Errno) {
        let pages = UInt64(below(2) == 0 ? 1 + below(Int(Self.pages)) : Int(Self.pages))
        let isFree = !model.keys.contains { $0 >= pages }
        do throws(Errno) {
            try pool.setDisksize(pages << 12)
            if !isFree { wrong("the device ends before a page") }
        } catch {
            if error == .resourceBusy, isFree { wrong("the device does not end there") }
            throw error
        }
    }

    private mutating func reset() {
        note(statistics: pool.statistics)
        do throws(Errno) { try pool.reset() } catch { wrong("reset: \(error)") }
        deeds.resets += 1
        model = [:]
        puts = 0
        discards = 0
        // Nothing is in the store now.
        if below(2) == 0 { do throws(Errno) { try changeStore() } catch { failedSetting(error) } }
    }

    // MARK: snapshots

    private mutating func snapshot() {
        let writer = SnapshotWriter(of: pool)
        var out = ByteBuffer()
        do throws(Errno) {
            // Where pages are changes meanwhile, and not what they are.
            while try writer.write(into: &out) { if below(3) == 0 { _ = pool.spiller.step() } }
        } catch {
            return failed("snapshot", error)
        }
        deeds.snapshots += 1
        saved.append(Saved(bytes: out.array, model: model))
        if saved.count > 3 { saved.removeFirst() }
        if below(4) == 0 { checkElsewhere() }
    }

    /// Restores the last snapshot into a pool with other settings.
    private mutating func checkElsewhere() {
        if faults.isAny { return }
        guard let last = saved.last,
            let other = try? pools.create(
                name: "o", options: PagePoolOptions(disksizeBytes: Self.pages << 12, dictionary: .auto))
        else { return wrong("no other pool") }
        do {
            try TestSnapshot.restore(last.bytes, into: other, pieces: 30_000)
            for (number, version) in last.model {
                var buffer = ByteBuffer(capacity: 4096)
                try other.get(number, into: &buffer)
                if !buffer.span.equals(bytes(version).span) { wrong("\(number) has other bytes in another pool") }
            }
            if other.statistics.pagesStored != UInt64(last.model.count) { wrong("pages of another pool") }
            other.checkInvariants()
            try pools.remove(other)
            if other.held.count != 0 { wrong("pages of another pool are held") }
        } catch {
            wrong("restore elsewhere: \(error)")
        }
    }

    private mutating func restore() {
        guard !saved.isEmpty else { return }
        let from = saved[below(saved.count)]
        if below(3) > 0 {
            endFaults()
            try? pool.setDisksize(Self.pages << 12)
            try? pool.setMemLimit(4 << 20)
        }
        var stream = from.bytes
        let isAltered = below(4) == 0
        if isAltered { stream[below(stream.count)] ^= 1 << UInt8(below(8)) }
        do {
            let restore = try PoolRestore(into: pool)
            defer { restore.abandon() }
            var start = 0
            while start < stream.count {
                let end = min(start + 1 + below(60_000), stream.count)
                try restore.take(stream.span.extracting(start..<end))
                start = end
                // What comes meanwhile goes with the pages that were there.
                switch below(12) {
                case 0: put()
                case 1: discard()
                case 2: batch()
                case 3: get()
                case 4...7: step(pool.spiller)
                case 8: step(pool.dictionaryChore)
                case 9: set()
                default: break
                }
            }
            try restore.finish()
            if isAltered { wrong("what was altered was restored") }
            model = from.model
            deeds.restores += 1
        } catch let failure as RestoreFailure {
            deeds.restoresRefused += 1
            check(failure, of: from, isAltered: isAltered)
        } catch {
            wrong("restore: \(error)")
        }
        check()
    }

    private mutating func check(_ failure: RestoreFailure, of from: Saved, isAltered: Bool) {
        switch failure {
        case .refused(.noSpace): break
        case .refused(.resourceBusy), .mistake(.beyondEnd):
            if !isAltered, !from.model.keys.contains(where: { $0 >= devicePages }) { wrong("restore: \(failure)") }
        case .refused(let error): failed("restore", error)
        case .mistake(.damaged) where faults.codec: break
        case .mistake: if !isAltered { wrong("restore: \(failure)") }
        }
    }

    // MARK: faults

    /// From now on, or soon, something fails, for some operations.
    private mutating func beginFaults() {
        endFaults()
        deeds.faults += 1
        faults.end = deeds.operations + 1 + below(120)
        let soon = below(12)
        switch below(6) {
        case 0: memory.mappingsLeft.store(soon, ordering: .relaxed)
        case 1: codec.callsLeft.store(soon, ordering: .relaxed)
        case 2:
            codec.dictionariesLeft.store(soon, ordering: .relaxed)
            codec.trainingsLeft.store(soon / 4, ordering: .relaxed)
        case 3: device.state.withLock { $0.readsLeft = soon }
        default:
            let blocks = below(17)
            device.state.withLock { state in
                state.writesLeft = soon / 4
                state.blocksOfFailingWrite = blocks
                state.writeError = blocks & 1 == 0 ? .ioError : .noSpace
            }
        }
        faults.mappings = memory.mappingsLeft.load(ordering: .relaxed) != .max
        faults.codec =
            codec.callsLeft.load(ordering: .relaxed) != .max || codec.dictionariesLeft.load(ordering: .relaxed) != .max
        faults.reads = device.state.withLock { $0.readsLeft != nil }
        faults.writes = device.state.withLock { $0.writesLeft != nil }
    }

    private mutating func endFaults() {
        memory.mappingsLeft.store(.max, ordering: .relaxed)
        codec.callsLeft.store(.max, ordering: .relaxed)
        codec.dictionariesLeft.store(.max, ordering: .relaxed)
        codec.trainingsLeft.store(.max, ordering: .relaxed)
        device.state.withLock { state in
            state.readsLeft = nil
            state.writesLeft = nil
        }
        faults = Faults()
    }

    // MARK: checking

    /// The limit is exact; one that is less than what is held lets nothing grow.
    private mutating func checkHeld() {
        let before = held
        held = pool.held.count
        let limit = pool.held.limit
        // The store's own counting is not asked whether it may.
        if held > limit, held > before + 1 { wrong("\(held) pages are held of \(limit), before \(before)") }
    }

    private mutating func check() {
        pool.checkInvariants()
        let told = pool.statistics
        if told.pagesStored != UInt64(model.count) { wrong("\(told.pagesStored) pages, not \(model.count)") }
        if told.puts != puts { wrong("\(told.puts) puts, not \(puts)") }
        if told.discards != discards { wrong("\(told.discards) discards, not \(discards)") }
        let same = model.values.count { bytes($0).span.repeatedWord != nil }
        if told.pagesSame != UInt64(same) { wrong("\(told.pagesSame) same pages, not \(same)") }
        let inBuckets = pool.histogram.reduce(0, +)
        if inBuckets != told.pagesStored - told.pagesSame { wrong("\(inBuckets) pages in the histogram") }
        if let trial = pool.dictionaryReport.trial, trial.isAdopted { deeds.adopted.insert(told.dictionaryTrainings) }
    }

    private mutating func checkEveryPage() {
        endFaults()
        for number in model.keys.sorted() { get(number) }
        var listed = 0
        var next = pool.nextStored(from: 0)
        while let number = next {
            listed += 1
            if model[number] == nil { wrong("\(number) is listed") }
            next = pool.nextStored(from: number + 1)
        }
        if listed != model.count { wrong("\(listed) pages are listed, not \(model.count)") }
        check()
    }

    /// Adds to the deeds what statistics forget with a reset.
    private mutating func note(statistics told: PagePoolStatistics) {
        let backing = pool.backingStatistics
        deeds.puts += Int(told.puts)
        deeds.spilled += backing.pagesSpilled
        deeds.promoted += backing.pagesPromoted
        deeds.moved += backing.pagesMoved
        deeds.recompressed += told.pagesRecompressed
        deeds.trainings += told.dictionaryTrainings
        deeds.scrubs = pool.scrubReport.passes
    }
}
