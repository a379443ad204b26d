internal import Bytes
internal import Locking
internal import SystemPackage

/// A pass over the pages of a pool that packs some of them again, a piece at a time.
///
/// A page is read and packed outside every lock, and stored only if it is still the one that was read: a client's put, discard
/// or reset in between wins. What clients see of a page does not change.
struct PageSweep {
    /// When a page is stored as it was packed again.
    enum Aim {
        /// Where that takes a class less, so that memory is saved.
        case smaller
        /// In any case, to be rid of what it was packed with.
        case anyway
    }

    /// What was done so far.
    struct Figures: Equatable {
        /// Pages whose entries were looked at.
        var looked: UInt64 = 0
        /// Pages packed again.
        var tried: UInt64 = 0
        /// Of these, those stored so.
        var stored: UInt64 = 0
        /// Bytes that their objects got smaller by.
        var savedBytes: UInt64 = 0
        /// Pages left as they were for want of memory, or because they are damaged.
        var failed: UInt64 = 0
    }

    /// About how long a step lasts, in nanoseconds.
    private static let stepNanoseconds: UInt64 = 2_000_000
    /// Entries that are looked at under one lock.
    private static let entriesMax = 2048
    private static let pagesMax = 64

    private let aim: Aim
    private let isWanted: (TableEntry) -> Bool
    /// How many pages more may be packed again.
    private var triesLeft: Int
    private var shard = 0
    private var next: UInt64 = 0
    private(set) var figures = Figures()

    /// Begins a pass.
    ///
    /// - Parameters:
    ///   - aim: when a page is stored.
    ///   - triesMax: how many pages are packed again at most.
    ///   - isWanted: says of an entry whether its page is to be packed again.
    init(_ aim: Aim, triesMax: Int = .max, where isWanted: @escaping (TableEntry) -> Bool) {
        self.aim = aim
        triesLeft = triesMax
        self.isWanted = isWanted
    }

    /// How long to rest after work, to stay within a share of one CPU.
    static func rest(after worked: UInt64, cpuPercent: Int) -> UInt64 {
        worked * UInt64(100 - cpuPercent) / UInt64(cpuPercent)
    }

    /// Does a piece.
    ///
    /// - Parameters:
    ///   - pool: whose pages.
    ///   - set: with what they are packed; borrowed.
    ///   - level: at which those are packed for which the set has nothing.
    /// - Returns: whether the pass is over.
    mutating func step(_ pool: PagePool, _ set: DictionarySet, level: Int) -> Bool {
        guard let workspace = try? pool.workspaces.take() else { return true }
        defer { pool.workspaces.giveBack(workspace) }
        let start = Bell.now
        repeat {
            if shard == pool.shards.count || triesLeft <= 0 { return true }
            let found = pool.shards[shard].state.withLock { shard in
                shard.pages(
                    from: next, looking: Self.entriesMax, most: min(Self.pagesMax, triesLeft), where: isWanted)
            }
            figures.looked += UInt64(found.looked)
            for page in found.pages {
                figures.tried += 1
                triesLeft -= 1
                do throws(Errno) {
                    try packAgain(page, pool, workspace, set, level)
                } catch {
                    figures.failed += 1
                }
            }
            if let after = found.next {
                next = after
            } else {
                shard += 1
                next = 0
            }
        } while Bell.now &- start < Self.stepNanoseconds
        return false
    }

    /// - Throws: EBADMSG, ENOMEM, ENOSPC, EIO; the page is as it was.
    private mutating func packAgain(
        _ page: UInt64, _ pool: PagePool, _ workspace: Workspace, _ set: DictionarySet, _ level: Int
    ) throws(Errno) {
        var object = ByteBuffer(capacity: PagePool.pageBytes + 128)
        let shard = pool.shards[self.shard]
        let found = try shard.state.withLock { shard throws(Errno) in try shard.find(page, into: &object) }
        guard isWanted(found.entry) else { return }
        var bytes = ByteBuffer(capacity: PagePool.pageBytes)
        try pool.unpack(found, object.span, workspace, into: &bytes)
        var frame = ByteBuffer(capacity: PagePool.pageBytes + 128)
        let form = try pool.pack(
            bytes.span, workspace.contexts, level: level, set.member(for: bytes.span), into: &frame)
        let isSmaller = ClassShape.number(for: frame.count) < found.entry.classNumber
        guard isSmaller || aim == .anyway else { return }
        let saved = try shard.state.withLock { shard throws(Errno) in
            try shard.replace(page, found, object.span, by: form, frame.span)
        }
        guard let saved else { return }
        figures.stored += 1
        figures.savedBytes += UInt64(max(saved, 0))
    }
}
