internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct OwnersTests {
    let clock = ManualLeaseClock()
    let owners: Owners

    init() { owners = Owners(countMax: 3, clock: clock) }

    @Test func `a lease that is not renewed runs out, and takes everything along`() throws {
        let gone = Locked(0)
        let lease = try owners.make("shop", seconds: 30)
        lease.owner.adopt { gone.withLock { $0 += 1 } }
        clock.advance(seconds: 29.5)
        #expect(!lease.isDead && gone.withLock { $0 } == 0)
        #expect(
            owners.status(of: lease) == Lease.Status(seconds: 30, remainingSeconds: 1, entryCount: 1))
        clock.advance(seconds: 0.5)
        #expect(lease.isDead && gone.withLock { $0 } == 1)
        #expect(owners.leases.isEmpty && owners.statistics.expired == 1)
        #expect(failure { () throws(Failure) in try owners.renew(lease) } == .operationNotSupportedByDevice)
        #expect(failure { () throws(Failure) in try owners.release(lease) } == .operationNotSupportedByDevice)
        owners.checkInvariants()
    }

    @Test func `a renewal gives the whole time again, and wakes nobody`() throws {
        let lease = try owners.make("shop", seconds: 10)
        let calls = clock.calls
        for _ in 0..<100 {
            clock.slip(seconds: 0.05)
            try owners.renew(lease)
        }
        #expect(clock.calls == calls)
        clock.advance(seconds: 9.9)
        #expect(!lease.isDead)
        #expect(clock.calls <= calls + 1)
        try owners.set(1, of: lease)
        clock.advance(seconds: 1)
        #expect(lease.isDead)
    }

    @Test func `an owner without a lease lives until it is released, and starts no clock`() throws {
        let lease = try owners.make("shop")
        #expect(!clock.hasStarted)
        clock.advance(seconds: 1e9)
        #expect(try owners.owner(named: "shop") === lease.owner)
        #expect(owners.status(of: lease) == Lease.Status(seconds: nil, remainingSeconds: nil, entryCount: 0))
        try owners.renew(lease)
        try owners.release(lease)
        #expect(failure { () throws(Failure) in try owners.owner(named: "shop") } == .noSuchFileOrDirectory)
        #expect(lease.isDead && owners.statistics.released == 1)
    }

    @Test func `a lease can be given and taken away`() throws {
        let lease = try owners.make("shop")
        try owners.set(5, of: lease)
        try owners.set(nil, of: lease)
        clock.advance(seconds: 100)
        #expect(!lease.isDead)
        try owners.set(5, of: lease)
        clock.advance(seconds: 5)
        #expect(lease.isDead)
    }

    @Test func `a lease that has run out is not found, whoever has noticed`() throws {
        let old = try owners.make("shop", seconds: 1)
        clock.slip(seconds: 2)
        #expect(owners.lease(named: "shop".utf8Span.span) == nil)
        #expect(failure { () throws(Failure) in try owners.owner(named: "shop") } == .noSuchFileOrDirectory)
        #expect(failure { () throws(Failure) in try owners.set(9, of: old) } == .operationNotSupportedByDevice)
        let new = try owners.make("shop", seconds: 1)
        #expect(old.isDead && !new.isDead && new.identity != old.identity)
        owners.checkInvariants()
    }

    @Test func `names, times and numbers have bounds, and what is refused changes nothing`() throws {
        for name in ["", ".", "..", "a/b", "a\0b"] {
            #expect(failure { () throws(Failure) in try owners.make(name) } == .invalidArgument)
        }
        let long = String(repeating: "x", count: 256)
        #expect(failure { () throws(Failure) in try owners.make(long) } == .fileNameTooLong)
        for seconds: UInt64 in [0, 31_536_001, .max] {
            #expect(failure { () throws(Failure) in try owners.make("shop", seconds: seconds) } == .outOfRange)
        }
        clock.isRefusing.withLock { $0 = true }
        #expect(failure { () throws(Failure) in try owners.make("shop", seconds: 1) } == .noMemory)
        clock.isRefusing.withLock { $0 = false }
        #expect(owners.statistics == OwnerStatistics())
        for index in 0..<3 { try owners.make("shop\(index)", seconds: 31_536_000) }
        #expect(failure { () throws(Failure) in try owners.make("shop1") } == .fileExists)
        #expect(failure { () throws(Failure) in try owners.make("shop3") } == .tooManyOpenFilesInSystem)
        #expect(owners.statistics.refused == 1 && owners.statistics.live == 3)
        #expect(owners.leases.map(\.owner.name) == ["shop0", "shop1", "shop2"])
    }

    @Test func `the registry's end is that of its owners, and of its clock`() throws {
        let gone = Locked(0)
        do {
            let owners = Owners(clock: clock)
            try owners.make("a").owner.adopt { gone.withLock { $0 += 1 } }
        }
        #expect(gone.withLock { $0 } == 1 && clock.hasStopped)
    }

    @Test func `the timer of every day ends a lease`() throws {
        let bell = Bell()
        let owners = Owners()
        let lease = try owners.make("long", seconds: 1000)
        let short = try owners.make("short", seconds: 1)
        short.owner.adopt { bell.ring() }
        bell.wait(until: Bell.now + 60_000_000_000)
        #expect(short.isDead && !lease.isDead)
    }

    @Test func `random leases run out in the order of their ends`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let owners = Owners(countMax: 200, clock: clock)
        var ends: [String: UInt64] = [:]
        for step in 0..<5000 {
            let name = "o\(Int.random(in: 0..<150, using: &random))"
            let lease = owners.lease(named: name.utf8Span.span)
            #expect((lease != nil) == (ends[name] != nil), "seed \(seed) step \(step)")
            let seconds = UInt64.random(in: 1...100, using: &random)
            let isEndless = Int.random(in: 0..<5, using: &random) == 0
            let end = isEndless ? .max : clock.now + seconds * 1_000_000_000
            switch (Int.random(in: 0..<10, using: &random), lease) {
            case (0..<6, nil):
                try owners.make(name, seconds: isEndless ? nil : seconds)
                ends[name] = end
            case (0..<3, let lease?):
                try owners.set(isEndless ? nil : seconds, of: lease)
                ends[name] = end
            case (3..<6, let lease?):
                let kept = owners.status(of: lease).seconds
                try owners.renew(lease)
                ends[name] = kept.map { clock.now + $0 * 1_000_000_000 } ?? .max
            case (6, let lease?):
                try owners.release(lease)
                ends[name] = nil
            default:
                clock.advance(seconds: Double(Int.random(in: 0..<4, using: &random)))
                ends = ends.filter { $0.value > clock.now }
            }
            if step % 50 == 0 { owners.checkInvariants() }
        }
        #expect(Set(owners.leases.map(\.owner.name)) == Set(ends.keys), "seed \(seed)")
    }

    private func failure<Result>(_ body: () throws(Failure) -> Result) -> Errno? {
        do throws(Failure) {
            _ = try body()
            return nil
        } catch {
            return error.errno
        }
    }
}
