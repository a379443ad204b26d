internal import Bytes
internal import Glibc
internal import Locking
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Memory that is as scarce as a test says.
private final class TestSource: MemorySource {
    struct State {
        var outlook = MemoryOutlook(totalBytes: 16 << 20, availableBytes: 8 << 20)
        var heard: (@Sendable (String) -> Void)?
    }

    let state = Locked(State())
    let tells: Bool
    init(tells: Bool = true) { self.tells = tells }

    var outlook: MemoryOutlook { state.withLock { $0.outlook } }

    func listen(_ heard: @escaping @Sendable (String) -> Void) -> Bool {
        state.withLock { $0.heard = heard }
        return tells
    }

    func fire() { state.withLock { $0.heard }?("somebody waited") }
}

/// Keeps what it is told of limits.
private final class LimitProbe: PageProbe {
    let told = Locked<[String]>([])
    let now: UInt64 = 0
    func listens(to operation: PageOperation) -> Bool { false }
    func happened(_ operation: PageOperation, pool: String, page: UInt64, storedBytes: Int, nanoseconds: UInt64) {}
    func limitChanged(pool: String, from old: UInt64, to new: UInt64, reason: String) {
        told.withLock { $0.append("\(pool) \(old) \(new) \(reason)") }
    }
}

@Suite struct LimitKeeperTests {
    private let probe = LimitProbe()
    private let lines = Lines()

    private final class Lines: Sendable {
        let list = Locked<[String]>([])
    }

    private func makePool(_ source: TestSource, quiet: UInt64 = 0) throws -> PagePool {
        let pools = PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: probe, memory: SystemMemory(), pressure: source,
            pace: .init(quiet: quiet, pause: 1_000_000),
            report: { [lines] line in lines.list.withLock { $0.append(line) } })
        return try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30))
    }

    /// Waits for the pool's thread, two minutes at most.
    private func until(_ condition: () -> Bool) {
        for _ in 0..<120_000 {
            if condition() { return }
            usleep(1000)
        }
        Issue.record("it never came")
    }

    private func fill(_ pool: PagePool, _ count: UInt64) throws {
        for number in 0..<count { try pool.put(number, TestPage.of(1000, mark: number).span) }
    }

    @Test func `the limit is half of what there is, and goes down and up again, each time with its reason`() throws {
        let source = TestSource()
        let pool = try makePool(source)
        try pool.setBacking(device: TestDevice(clusters: 200))
        try pool.setMemLimitAuto()
        #expect(pool.isMemLimitAuto && pool.memLimitBytes == 8 << 20)
        try fill(pool, 4_000)
        let held = pool.statistics.heldBytes
        #expect(held > 4 << 20)
        source.state.withLock { $0.outlook.availableBytes = 0 }
        source.fire()
        until { pool.statistics.heldBytes <= held / 4 * 3 }
        let limit = pool.memLimitBytes
        #expect(limit <= held / 4 * 3 && pool.statistics.pagesOnDisk > 500)
        // As long as there is little, it does not go up.
        source.fire()
        until { pool.memLimitBytes < limit }
        source.state.withLock { $0.outlook.availableBytes = 8 << 20 }
        until { pool.memLimitBytes == 8 << 20 }
        for number in 0..<4_000 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, number) == TestPage.of(1000, mark: number))
        }
        let told = probe.told.withLock { $0 }
        #expect(told[0] == "b 0 8388608 auto")
        #expect(told[1] == "b 8388608 \(limit) somebody waited")
        #expect(told.dropFirst(2).contains { $0.hasSuffix("somebody waited") })
        #expect(told.last?.hasSuffix(" 8388608 no pressure") == true)
        pool.checkInvariants()
    }

    @Test func `without a backing store it goes down to what is held, and nothing is lost`() throws {
        let source = TestSource()
        let pool = try makePool(source, quiet: 1 << 60)
        try pool.setMemLimitAuto()
        try fill(pool, 3_000)
        let held = pool.statistics.heldBytes
        source.fire()
        until { pool.memLimitBytes < 8 << 20 }
        #expect(pool.memLimitBytes == pool.statistics.heldBytes)
        #expect(pool.memLimitBytes <= held)
        #expect(throws: Errno.noSpace) {
            for number in 3_000..<4_000 as Range<UInt64> {
                try pool.put(number, TestPage.of(1000, mark: number).span)
            }
        }
        pool.checkInvariants()
    }

    @Test func `a limit that is set stays, whatever presses`() throws {
        let source = TestSource()
        let pool = try makePool(source)
        try pool.setMemLimitAuto()
        try pool.setMemLimit(4 << 20)
        #expect(!pool.isMemLimitAuto)
        source.fire()
        try pool.setMemLimitAuto()
        pool.fixMemLimit()
        source.fire()
        #expect(pool.memLimitBytes == 8 << 20 && !pool.isMemLimitAuto)
        #expect(probe.told.withLock { $0.count } == 3)
    }

    @Test func `where nobody tells, it is looked as the pool grows, and said once`() throws {
        let source = TestSource(tells: false)
        source.state.withLock { $0.outlook = MemoryOutlook(totalBytes: 128 << 20, availableBytes: 64 << 20) }
        let pool = try makePool(source, quiet: 1 << 60)
        try pool.setBacking(device: TestDevice(clusters: 1_000))
        try pool.setMemLimitAuto()
        try pool.setMemLimitAuto()
        #expect(lines.list.withLock { $0.count } == 1)
        #expect(pool.memLimitBytes == 64 << 20)
        source.state.withLock { $0.outlook.availableBytes = 1 << 20 }
        try fill(pool, 18_000)
        until { pool.memLimitBytes < 16 << 20 }
        until { pool.statistics.heldBytes <= pool.memLimitBytes }
        pool.checkInvariants()
    }

    @Test func `the system says how much there is`() {
        let outlook = SystemMemorySource().outlook
        #expect(outlook.totalBytes > 64 << 20 && outlook.availableBytes <= outlook.totalBytes)
        #expect(outlook.availableBytes > 0)
    }
}
