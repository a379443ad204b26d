internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import SystemPackage

internal import PagePool

/// What went wrong in some thread.
final class Problems: Sendable {
    private let lines = Locked<[String]>([])
    /// What was noted, at most the first ten.
    var list: [String] { lines.withLock { $0 } }
    /// Notes a line.
    func note(_ line: String) { lines.withLock { if $0.count < 10 { $0.append(line) } } }
}

/// One thread's part of some pools: the pages whose number leaves its own remainder, and what they hold.
struct PoolModel {
    /// Page numbers go up to here: 600 dense ones at first, then eight each in 64 places far apart.
    static let pages: UInt64 = 262_144
    /// Between them batches are put, to neighbourhoods of 64 pages that each belong to one thread.
    private static let batches: Range<UInt64> = 1024..<4096

    private let pools: [PagePool]
    private let thread: UInt64
    private let threads: UInt64
    /// Whether most pages begin alike, so that dictionaries make them smaller.
    private let isRelated: Bool
    private var random: SeededGenerator
    /// Whether the backing store may be unreadable: then a page may not be had, but never another one.
    var forgivesReads = false
    /// A stored page by the length and mark of ``TestPage``; a length of -1 repeats the mark.
    private var models: [[UInt64: (length: Int, mark: UInt64)]]

    init(pools: [PagePool], thread: UInt64, threads: UInt64, seed: UInt64, isRelated: Bool = false) {
        self.isRelated = isRelated
        self.pools = pools
        self.thread = thread
        self.threads = threads
        random = SeededGenerator(seed: seed)
        models = pools.map { _ in [:] }
    }

    /// Forgets all pages, as the pools did.
    mutating func forgetAll() { for index in models.indices { models[index] = [:] } }

    /// Does random things to the pools and to the model.
    mutating func run(operations: Int, checkedEvery interval: Int, _ problems: Problems) {
        var buffer = ByteBuffer(capacity: 8192)
        for operation in 1...operations {
            let which = Int.random(in: 0..<pools.count, using: &random)
            let number = pageNumber()
            switch UInt8.random(in: 0..<100, using: &random) {
            case 0..<50: put(which, number, problems)
            case 50..<79: get(which, number, &buffer, problems)
            case 79: batch(which, problems)
            default: discard(which, number, problems)
            }
            if operation % interval == 0 {
                for pool in pools { pool.checkInvariants() }
            }
        }
        for which in pools.indices {
            for number in models[which].keys { get(which, number, &buffer, problems) }
            list(which, problems)
        }
    }

    private mutating func pageNumber() -> UInt64 {
        let isFar = random.next() % 4 == 0
        let number = isFar ? (random.next() % 64) << 12 | random.next() % 8 : random.next() % 600
        return number / threads * threads + thread
    }

    private func bytes(_ length: Int, _ mark: UInt64) -> [UInt8] {
        if length < 0 { return TestPage.repeating(mark) }
        return isRelated && length > 600
            ? TestPage.related(length, mark: mark, family: UInt8(mark >> 30 & 1)) : TestPage.of(length, mark: mark)
    }

    private mutating func put(_ which: Int, _ number: UInt64, _ problems: Problems) {
        let mark = random.next()
        let length: Int
        switch mark % 16 {
        case 0: length = -1
        case 1: length = 4096
        case 2: length = Int.random(in: 3900...4096, using: &random)
        default: length = Int.random(in: 1...2000, using: &random)
        }
        do throws(Errno) {
            // By another way now and then: a write of the device that happens to have a whole page.
            if mark >> 20 % 8 == 0 {
                try pools[which].modify(number, at: 0, bytes(length, mark).span)
            } else {
                try pools[which].put(number, bytes(length, mark).span)
            }
            models[which][number] = (length, mark)
        } catch {
            if error == .ioError, forgivesReads { return }
            if error != .noSpace { problems.note("put \(number): \(error)") }
        }
    }

    private func get(_ which: Int, _ number: UInt64, _ buffer: inout ByteBuffer, _ problems: Problems) {
        buffer.removeAll()
        do throws(Errno) {
            try pools[which].get(number, into: &buffer)
            guard let stored = models[which][number] else { return problems.note("\(number) was never put") }
            if !buffer.span.equals(bytes(stored.length, stored.mark).span) {
                problems.note("\(number) has other bytes")
            }
        } catch {
            if error == .ioError, forgivesReads { return }
            if error != .noData || models[which][number] != nil { problems.note("get \(number): \(error)") }
        }
    }

    private func isOwn(_ number: UInt64) -> Bool {
        Self.batches.contains(number)
            ? (number - Self.batches.lowerBound) / 64 % threads == thread : number % threads == thread
    }

    /// What a pool lists of this thread's pages is what the model has.
    private func list(_ which: Int, _ problems: Problems) {
        var listed = 0
        var next = pools[which].nextStored(from: 0)
        while let number = next {
            if isOwn(number) {
                listed += 1
                if models[which][number] == nil { problems.note("\(number) is listed") }
            }
            next = pools[which].nextStored(from: number + 1)
        }
        if listed != models[which].count { problems.note("\(listed) pages are listed, not \(models[which].count)") }
    }

    /// A few records of neighbours, among which other threads' pages are got only.
    private mutating func batch(_ which: Int, _ problems: Problems) {
        var batch = TestBatch()
        var drafts: [(first: UInt64, marks: [UInt64])] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            // Threads have their own neighbourhoods of 64 beyond what single pages are put to.
            let first = Self.batches.lowerBound + (random.next() % 20 * threads + thread) * 64 + random.next() % 32
            let count = Int.random(in: 1...30, using: &random)
            if random.next() % 4 == 0 {
                batch.discard(first, count)
                drafts.append((first, [UInt64](repeating: 0, count: count)))
                continue
            }
            let marks = (0..<count).map { _ in random.next() | 1 }
            batch.put(first, marks.map { bytes(Int($0 >> 8 % 1800) + 1, $0) })
            drafts.append((first, marks))
        }
        do {
            let answers = try batch.send(to: pools[which])
            for (answer, draft) in zip(answers, drafts) {
                if let errno = answer.errno {
                    if errno != .noSpace { problems.note("batch at \(answer.first): \(errno)") }
                    continue
                }
                for (index, mark) in draft.marks.enumerated() {
                    models[which][draft.first + UInt64(index)] = mark == 0 ? nil : (Int(mark >> 8 % 1800) + 1, mark)
                }
            }
        } catch {
            problems.note("batch: \(error)")
        }
    }

    private mutating func discard(_ which: Int, _ number: UInt64, _ problems: Problems) {
        do throws(Errno) {
            try pools[which].discard(number)
            models[which][number] = nil
        } catch {
            problems.note("discard \(number): \(error)")
        }
    }
}
