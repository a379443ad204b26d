internal import Bytes

/// The pages that a training is given.
struct TakenSample: ~Copyable, Sendable {
    /// One behind the other.
    let pages: ByteBuffer
    /// What they are wanted for.
    let policy: DictionaryPolicy
    /// For what is left to chance.
    let dice: Dice

    /// How many.
    var count: Int { pages.count / PagePool.pageBytes }

    /// One of them.
    @_lifetime(borrow self)
    func page(_ index: Int) -> Span<UInt8> {
        let all = pages.span
        return all.extracting((index * PagePool.pageBytes)..<((index + 1) * PagePool.pageBytes))
    }
}

/// What is known of the pages that come to a pool, from one put in 64: some of them whole, to train on, and how small they all
/// get.
struct PageSample: ~Copyable, Sendable {
    /// By how much the mean may grow before it is time to train again.
    private static let growthMax = 1.05

    private let plan: DictionaryPlan
    /// The pages so far, one behind the other.
    private var pages = ByteBuffer(capacity: 0)
    /// How many.
    private(set) var count = 0
    /// Whether pages are kept.
    private(set) var isCollecting = true
    private var observed = 0
    private var mean = 0.0
    private var reference: Double?
    private var collectsAt: Int?

    init(_ plan: DictionaryPlan) { self.plan = plan }

    /// Whether there are as many pages as are wanted.
    var isFull: Bool { count == plan.trainingPages + plan.heldOutPages }

    /// Looks at a page.
    ///
    /// - Parameters:
    ///   - page: its bytes.
    ///   - storedBytes: what it was packed into.
    ///   - held: where its memory is held.
    /// - Returns: whether there may be something to do.
    mutating func look(_ page: Span<UInt8>, storedBytes: Int, _ held: HeldPages) -> Bool {
        if isFull { return true }
        observed += 1
        mean += (Double(storedBytes) - mean) / Double(min(observed, plan.meanPages))
        if isCollecting {
            guard held.holdApart(1) else {
                held.letGoApart(giveUp())
                return false
            }
            pages.append(page)
            count += 1
            if isFull { isCollecting = false }
            return isFull
        }
        if observed == plan.meanPages { reference = mean }
        let hasGrown = reference.map { mean > $0 * Self.growthMax } ?? false
        if hasGrown || observed >= plan.pagesMax || observed == collectsAt { isCollecting = true }
        return observed % plan.pause == 0
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
    mutating func take() -> ByteBuffer {
        var taken = ByteBuffer(capacity: 0)
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
        self.pages = ByteBuffer(capacity: 0)
        count = 0
        isCollecting = false
        observed = 0
        mean = 0
        reference = nil
        collectsAt = pages
    }
}
