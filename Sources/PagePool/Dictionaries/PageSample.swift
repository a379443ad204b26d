internal import Bytes
internal import SystemPackage

/// The pages that a training is given.
struct TakenSample: ~Copyable, Sendable {
    /// One behind the other.
    let pages: PageStrip
    /// What they are wanted for.
    let policy: DictionaryPolicy
    /// With what pages were compressed when it was taken. What is learned may take its place, and no other's: a reset in between
    /// has the pages forgotten, and what is learned of them.
    let current: DictionarySet?
    /// For what is left to chance.
    let dice: Dice

    /// How many.
    var count: Int { pages.count }

    /// What one of them is like.
    func profile(_ index: Int) -> PageProfile { PageProfile(pages.bytes(of: index..<(index + 1))) }

    /// To which family one of them belongs.
    func family(_ index: Int, among families: PageFamilies) -> Int {
        families.family(of: pages.bytes(of: index..<(index + 1)))
    }

    /// The dictionary that a set has for one of them.
    func member(_ index: Int, of set: DictionarySet) -> DictionarySet.Member? {
        set.member(for: pages.bytes(of: index..<(index + 1)))
    }

    /// Some of them, one behind the other.
    ///
    /// - Throws: ENOMEM.
    func gather(_ indices: [Int], from memory: any PageMemory) throws(Errno) -> PageStrip {
        var gathered = PageStrip(room: max(indices.count, 1))
        for index in indices { try gathered.append(pages.bytes(of: index..<(index + 1)), from: memory) }
        return gathered
    }

    /// What one of them is stored in.
    ///
    /// - Throws: EIO.
    func bytes(
        _ index: Int, _ contexts: any PageWorkspace, level: Int, _ dictionary: (any PageDictionary)?,
        _ frame: inout ByteBuffer
    ) throws(Errno) -> Int {
        frame.removeAll()
        try contexts.compress(
            pages.bytes(of: index..<(index + 1)), level: level, dictionary: dictionary, into: &frame)
        return frame.count < HugePage.frameBytesMin ? frame.count : PagePool.pageBytes
    }
}

/// What is known of the pages that come to a pool, from one put in 32: some of them whole, to train on, and how small they all
/// get.
struct PageSample: ~Copyable, Sendable {
    /// By how much the mean may grow before it is time to train again.
    private static let growthMax = 1.05

    private let plan: DictionaryPlan
    /// The pages so far, one behind the other.
    private var pages: PageStrip
    private let memory: any PageMemory
    /// Whether pages are kept.
    private(set) var isCollecting = true
    private var observed = 0
    private var mean = 0.0
    private var reference: Double?
    private var collectsAt: Int?

    init(_ plan: DictionaryPlan, memory: any PageMemory) {
        self.plan = plan
        self.memory = memory
        pages = PageStrip(room: plan.samplePages)
    }

    /// How many pages there are.
    var count: Int { pages.count }
    /// Whether there are as many pages as are wanted.
    var isFull: Bool { count == plan.samplePages }

    /// Looks at a page.
    ///
    /// - Parameters:
    ///   - page: its bytes.
    ///   - storedBytes: what it was packed into.
    ///   - isPatient: whether those that there are stay where there is no room for one more.
    ///   - held: where its memory is held.
    /// - Returns: whether there may be something to do.
    mutating func look(_ page: Span<UInt8>, storedBytes: Int, isPatient: Bool, _ held: HeldPages) -> Bool {
        if isFull { return true }
        observed += 1
        mean += (Double(storedBytes) - mean) / Double(min(observed, plan.meanPages))
        if isCollecting {
            guard keep(page, held) else {
                if !isPatient { held.settle(by: -giveUp(), isApart: true) }
                return false
            }
            if isFull { isCollecting = false }
            return isFull
        }
        if observed == plan.meanPages { reference = mean }
        let hasGrown = reference.map { mean > $0 * Self.growthMax } ?? false
        if hasGrown || observed >= plan.pagesMax || observed == collectsAt { isCollecting = true }
        return observed % plan.pause == 0
    }

    private mutating func keep(_ page: Span<UInt8>, _ held: HeldPages) -> Bool {
        guard held.reserve(1, isApart: true) else { return false }
        do throws(Errno) {
            try pages.append(page, from: memory)
            return true
        } catch {
            held.settle(by: -(1), isApart: true)
            return false
        }
    }

    /// Lets the pages go, to begin again later; their memory is to be let go by the caller.
    ///
    /// - Returns: how many there were.
    mutating func giveUp() -> Int {
        // Those that are complete are about to be used.
        if isFull || !isCollecting { return 0 }
        let given = count
        begin(after: plan.pause)
        return given
    }

    /// Gives the pages to whoever trains on them, and waits until it is time to train again. Their memory stays held.
    mutating func take() -> PageStrip {
        var taken = PageStrip(room: 0)
        swap(&taken, &pages)
        begin(after: nil)
        return taken
    }

    /// Begins anew: at once, after some pages, or when it is time to train again.
    ///
    /// - Returns: how many pages there were, whose memory is to be let go by the caller.
    mutating func beginAtOnce() -> Int {
        let given = count
        begin(after: nil)
        isCollecting = true
        return given
    }

    private mutating func begin(after pages: Int?) {
        self.pages = PageStrip(room: plan.samplePages)
        isCollecting = false
        observed = 0
        mean = 0
        reference = nil
        collectsAt = pages
    }
}
