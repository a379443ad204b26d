/// Answers "what if": goes through a recording with models of allocators, policies and limits.
///
/// ```swift
/// var replay = Replay(ReplayPlan(allocators: [.stacks, .zsmalloc], policies: [.clock], memLimitBytes: 64 << 20))
/// var parser = RecordingParser()
/// while let piece = try file.read() { try parser.take(piece, &replay) }
/// let report = replay.report()
/// ```
/// What it takes in memory depends on the recording's pages and not on its operations: 15 to 28 bytes for each
/// different page, once, and for each model 8, 8 more for `lru` and `fifo`, and what the allocator keeps: nothing for `stacks`, 5 for
/// `zsmalloc`, 30 for `xvmalloc`. Models are gone through one after the other for some hundred operations at a time.
///
/// A get of a page that was never put says that it was there before the recording began: it is taken for stored from then
/// on. The pool's own spills are counted and otherwise skipped, for each model makes its own.
public struct Replay: ~Copyable, RecordingHandler {
    private static let stepsMax = 512

    /// What is tried.
    public let plan: ReplayPlan
    private var header: RecordingHeader?
    private var traffic = TrafficSummary()
    private var pages = StoredPages()
    private var steps: [ReplayStep] = []
    private let machines: [any ReplayMachine]

    /// Nothing replayed yet.
    public init(_ plan: ReplayPlan) {
        self.plan = plan
        steps.reserveCapacity(Self.stepsMax + 2)
        machines = plan.allocators.flatMap { allocator in
            plan.policies.map { policy in Self.machine(allocator, policy, plan.memLimitBytes) }
        }
    }

    private static func machine(
        _ allocator: ReplayPlan.Allocator, _ policy: ReplayPlan.Policy, _ limit: UInt64?
    ) -> any ReplayMachine {
        switch allocator {
        case .stacks: Machine<StacksModel>(allocator, policy, memLimitBytes: limit)
        case .xvmalloc: Machine<XvmallocModel>(allocator, policy, memLimitBytes: limit)
        case .zsmalloc: Machine<ZsmallocModel>(allocator, policy, memLimitBytes: limit)
        }
    }

    /// Takes the recording's header.
    public mutating func began(_ header: RecordingHeader) { self.header = header }

    /// Takes an operation.
    public mutating func happened(_ operation: TrafficOperation) {
        traffic.add(operation)
        let page = operation.page
        switch operation.kind {
        case .spill: return
        case .put: add(.put, pages.insert(page), operation)
        case .get:
            if let found = pages.find(page), found.isStored {
                add(.get, found.slot, operation)
            } else {
                traffic.pagesFound += 1
                let slot = pages.insert(page)
                add(.put, slot, operation)
                add(.get, slot, operation)
            }
        case .discard:
            guard let found = pages.find(page), found.isStored else { return }
            pages.remove(page, slot: found.slot)
            add(.discard, found.slot, operation)
        }
        if steps.count >= Self.stepsMax { run() }
    }

    /// Takes that events were lost.
    public mutating func lost(_ count: UInt64?) { traffic.add(lost: count) }

    private mutating func add(_ action: ReplayStep.Action, _ slot: Int, _ operation: TrafficOperation) {
        steps.append(
            ReplayStep(
                number: traffic.operationCount, time: operation.time, slot: UInt32(slot),
                pagesStored: UInt32(pages.count), tableNodes: UInt32(pages.nodeCount),
                length: UInt16(min(operation.storedBytes, UInt32(TrafficOperation.pageBytes))), action: action))
    }

    private mutating func run() {
        for machine in machines { machine.run(steps.span) }
        steps.removeAll(keepingCapacity: true)
    }

    /// What was found out so far.
    public mutating func report() -> ReplayReport {
        run()
        var traffic = traffic
        traffic.pagesEver = pages.countEver
        traffic.pagesStored = pages.count
        return ReplayReport(header: header, traffic: traffic, outcomes: machines.map(\.outcome))
    }

    /// Bytes of memory that the models and the recording's pages take.
    public var stateBytes: Int { machines.reduce(pages.stateBytes) { $0 + $1.stateBytes } }

    /// Traps where the models' bookkeeping disagrees with itself. Empty in release builds.
    public func checkInvariants() { for machine in machines { machine.checkInvariants() } }
}
