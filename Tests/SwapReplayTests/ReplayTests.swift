internal import Bytes
internal import JITFSTestSupport
internal import Testing

@testable internal import SwapReplay

@Suite struct ReplayTests {
    /// Each object has a page of its own, so that limits are easily counted.
    struct PageEach: AllocatorModel {
        private(set) var heldPages = 0
        mutating func store(_ bytes: Int) -> UInt32 {
            heldPages += 1
            return 0
        }
        mutating func replace(_ handle: UInt32, _ oldBytes: Int, with bytes: Int) -> UInt32 { 0 }
        mutating func release(_ handle: UInt32, _ bytes: Int, _ reason: ReleaseReason) { heldPages -= 1 }
        mutating func giveBack() {}
        func tableBytes(pagesStored: Int, objects: Int, nodes: Int) -> Int { 0 }
        var stateBytes: Int { 0 }
        func checkInvariants() {}
    }

    private static func step(_ action: ReplayStep.Action, _ slot: Int, _ length: Int = 100, number: UInt64 = 1)
        -> ReplayStep
    {
        ReplayStep(
            number: number, time: 0, slot: UInt32(slot), pagesStored: 1, tableNodes: 2, length: UInt16(length),
            action: action)
    }

    /// The pages in memory after some steps, where there is room for so many and the disk's buffer.
    private static func left(_ policy: ReplayPlan.Policy, room: Int, _ steps: [ReplayStep]) -> [Int] {
        var state = MachineState<PageEach>(.stacks, policy, memLimitBytes: UInt64(room + 16) * 4096)
        state.run(steps.span)
        state.checkInvariants()
        return state.cells.indices.filter { state.cells[$0].place == .memory }
    }

    @Test func `fifo forgets what was put first, lru what was used last`() {
        let load = (0..<40).map { Self.step(.put, $0) }
        let used = [Self.step(.get, 0), Self.step(.put, 1), Self.step(.get, 30)]
        let steps = load + used + [Self.step(.put, 40)]
        // 24 pages and the disk's buffer of 16: the first page too many makes 17 go.
        #expect(Self.left(.fifo, room: 24, steps) == [1] + Array(18...40))
        #expect(Self.left(.lru, room: 24, steps) == [0, 1] + Array(19...40))
    }

    @Test func `a clock lets pages go that were not used for four rounds`() {
        let load = (0..<40).map { Self.step(.put, $0) }
        let steps = load + [Self.step(.put, 40)]
        // All are young: the hand goes round three times, then takes 17 from the start.
        #expect(Self.left(.clock, room: 24, steps) == Array(17...40))
        // Those that were used since are as young as ever.
        let used = (17..<30).map { Self.step(.get, $0) }
        #expect(Self.left(.clock, room: 24, steps + used + [Self.step(.put, 41)]) == Array(17..<30) + Array(31...41))
    }

    @Test func `half sends larger pages out at once, and others when memory is short`() {
        var state = MachineState<PageEach>(.stacks, .half, memLimitBytes: 20 * 4096)
        let steps = [
            Self.step(.put, 0, 2048), Self.step(.put, 1, 2049), Self.step(.put, 2, 4096), Self.step(.put, 3, 0),
        ]
        state.run(steps.span)
        #expect(state.cells.map(\.place) == [.memory, .disk, .disk, .entry])
        let more = (4..<9).map { Self.step(.put, $0) }
        state.run(more.span)
        #expect(state.cells[4...].map(\.place) == [.memory, .memory, .memory, .disk, .disk])
        // What is smaller now comes back; what was there stays.
        let again = [Self.step(.discard, 0), Self.step(.put, 1, 5), Self.step(.put, 5, 3000), Self.step(.put, 4, 7)]
        state.run(again.span)
        #expect(state.cells.map(\.place) == [.nowhere, .memory, .disk, .entry, .memory, .disk, .memory, .disk, .disk])
        state.checkInvariants()
    }

    @Test func `a disk is written in clusters, and no object crosses two blocks`() {
        var disk = BackingStoreModel()
        // Three objects of 1,300 bytes fit into a block with their headers, so 48 into a cluster.
        let clusters = (0..<100).map { _ in disk.write(1300) }
        #expect(clusters == [UInt32](repeating: 0, count: 48) + [UInt32](repeating: 1, count: 48) + [2, 2, 2, 2])
        #expect(disk.writeCount == 2 && disk.clusterCountMax == 3 && disk.bufferBytes == 65_536)
        let reads = ([0, 1, 2] as [UInt32]).map { disk.read($0) }
        #expect(reads == [true, true, false] && disk.readCount == 2)
        // Small ones go into what the others left.
        let small = (0..<16).map { _ in disk.write(180) }
        #expect(small == [UInt32](repeating: 2, count: 16))
        for _ in 0..<48 { disk.remove(0) }
        #expect(disk.clusterCount == 2)
        // Whole pages have blocks of their own.
        for _ in 0..<40 { _ = disk.write(4096) }
        #expect(disk.clusterCountMax == 4)
        disk.checkInvariants(objects: 156 - 48 + 0)
    }

    @Test func `hits, misses and reads are counted`() {
        var replay = Replay(ReplayPlan(policies: [.half]))
        var traffic = SeededTraffic(seed: 1)
        for page in 0..<32 { replay.happened(traffic.operation(.put, page: page, length: 4096)) }
        for page in 0..<32 { replay.happened(traffic.operation(.get, page: page, length: 4096)) }
        replay.happened(traffic.operation(.put, page: 50, length: 0))
        replay.happened(traffic.operation(.get, page: 50, length: 0))
        let outcome = replay.report().outcomes[0]
        // The second cluster is still being gathered.
        #expect((outcome.hits, outcome.misses) == (17, 16))
        #expect((outcome.diskReads, outcome.diskReadBytes) == (16, 65_536))
        #expect((outcome.diskWrites, outcome.diskWriteBytes) == (1, 65_536))
        #expect((outcome.spills, outcome.idealBytes) == (32, 0))
        #expect((outcome.diskBytes, outcome.diskBytesMax) == (131_072, 131_072))
        #expect(outcome.heldBytes == 65_536 + 2 * 4096)
    }

    @Test func `a page that is got was there before`() {
        var replay = Replay(ReplayPlan())
        var traffic = SeededTraffic(seed: 1)
        replay.happened(traffic.operation(.discard, page: 3, length: 0))
        replay.happened(traffic.operation(.get, page: 3, length: 700))
        replay.happened(traffic.operation(.get, page: 3, length: 700))
        replay.happened(traffic.operation(.discard, page: 3, length: 700))
        replay.happened(traffic.operation(.get, page: 3, length: 500))
        replay.lost(7)
        replay.lost(nil)
        let report = replay.report()
        #expect(report.traffic.pagesFound == 2 && report.traffic.pagesEver == 1 && report.traffic.pagesStored == 1)
        #expect(report.outcomes[0].hits == 3 && report.outcomes[0].idealBytes == 500)
        #expect(report.traffic.gapCount == 2 && report.traffic.lostCount == 7)
    }

    // MARK: beside a plain model

    /// The same with dictionaries and arrays.
    private struct Plain {
        let policy: ReplayPlan.Policy
        let limit: Int
        /// Pages in memory, the one used last first; for a clock in the order of their slots.
        var memory: [Int] = []
        var ages: [Int: Int] = [:]
        var hand = 0
        var entries: Set<Int> = []
        /// The objects of each cluster, by block, and which page is where.
        var clusters: [[[Int: Int]]] = []
        var rooms: [Int] = []
        var writes = 0
        var hits = 0
        var reads = 0
        var spills = 0

        var held: Int { memory.count * 4096 + (clusters.isEmpty ? 0 : 65_536) }

        mutating func forget(_ slot: Int) {
            memory.removeAll { $0 == slot }
            entries.remove(slot)
            for cluster in clusters.indices {
                for block in clusters[cluster].indices { clusters[cluster][block][slot] = nil }
            }
        }

        mutating func use(_ slot: Int, isPut: Bool) {
            ages[slot] = 0
            if policy == .clock || policy == .fifo && !isPut { return }
            memory.removeAll { $0 == slot }
            memory.insert(slot, at: 0)
        }

        mutating func spill(_ slot: Int, _ length: Int) {
            forget(slot)
            spills += 1
            let size = min(length + 4, 4096)
            if clusters.isEmpty { begin() }
            var block = rooms.firstIndex { $0 >= size }
            if block == nil {
                writes += 1
                begin()
                block = 0
            }
            rooms[block ?? 0] -= size
            clusters[clusters.count - 1][block ?? 0][slot] = size
        }

        private mutating func begin() {
            clusters.append([[Int: Int]](repeating: [:], count: 16))
            rooms = [Int](repeating: 4096, count: 16)
        }

        mutating func victim() -> Int? {
            if memory.isEmpty { return nil }
            if policy != .clock { return memory.last }
            while true {
                let next = memory.filter { $0 >= hand }.min() ?? memory.min() ?? 0
                hand = next + 1
                if ages[next] == 3 { return next }
                ages[next, default: 0] += 1
            }
        }
    }

    @Test(arguments: ReplayPlan.Policy.allCases)
    func `a policy does what a plain model of it does`(policy: ReplayPlan.Policy) {
        let seed = Seed.next()
        var traffic = SeededTraffic(seed: seed)
        let limit = 200 * 4096
        var state = MachineState<PageEach>(.stacks, policy, memLimitBytes: UInt64(limit))
        var plain = Plain(policy: policy, limit: limit)
        var lengths: [Int: Int] = [:]
        for step in 0..<6000 {
            let slot = min(traffic.number(below: 400), traffic.number(below: 400))
            let isStored = lengths[slot] != nil
            let length = traffic.number(below: 20) == 0 ? 0 : traffic.length()
            let choice = traffic.number(below: 10)
            let action: ReplayStep.Action = !isStored || choice < 4 ? .put : choice < 8 ? .get : .discard
            let steps = [Self.step(action, slot, length, number: UInt64(step + 1))]
            state.run(steps.span)
            switch action {
            case .put:
                lengths[slot] = length
                if length == 0 {
                    plain.forget(slot)
                    plain.entries.insert(slot)
                } else if policy == .half && length > 2048 {
                    plain.spill(slot, length)
                } else {
                    let wasInMemory = plain.memory.contains(slot)
                    if !wasInMemory {
                        plain.forget(slot)
                        plain.memory.insert(slot, at: 0)
                    }
                    plain.use(slot, isPut: true)
                }
                if policy == .half {
                    if plain.held > limit, plain.memory.contains(slot) { plain.spill(slot, length) }
                } else {
                    while plain.held > limit, let victim = plain.victim() { plain.spill(victim, lengths[victim] ?? 0) }
                }
            case .get:
                if plain.memory.contains(slot) {
                    plain.hits += 1
                    plain.use(slot, isPut: false)
                } else if plain.entries.contains(slot)
                    || plain.clusters.last?.contains(where: { $0[slot] != nil }) ?? false
                {
                    plain.hits += 1
                } else {
                    plain.reads += 1
                }
            case .discard:
                lengths[slot] = nil
                plain.forget(slot)
            }
            let outcome = state.outcome
            let told = [
                Int(outcome.hits), Int(outcome.diskReads), Int(outcome.spills), Int(outcome.diskWrites),
                outcome.heldBytes,
            ]
            let expected = [plain.hits, plain.reads, plain.spills, plain.writes, plain.held]
            if told != expected {
                Issue.record("step \(step), \(action) of \(slot): \(told) and not \(expected), SEED=\(seed)")
                return
            }
            if step % 500 == 0 { state.checkInvariants() }
        }
        #expect(plain.spills > 100 && plain.reads > 20 && plain.writes > 2, "SEED=\(seed)")
        state.checkInvariants()
    }

    @Test func `a limit is kept by every allocator and policy, and nothing is lost`() {
        let seed = Seed.next()
        var traffic = SeededTraffic(seed: seed)
        let limit: UInt64 = 2 << 20
        var replay = Replay(
            ReplayPlan(
                allocators: ReplayPlan.Allocator.allCases, policies: ReplayPlan.Policy.allCases, memLimitBytes: limit))
        for step in 0..<20_000 {
            replay.happened(traffic.any(pages: 4000))
            if step % 4000 == 0 { replay.checkInvariants() }
        }
        let report = replay.report()
        replay.checkInvariants()
        #expect(report.outcomes.count == 12, "SEED=\(seed)")
        let gets = report.traffic.durations(of: .get).count
        for outcome in report.outcomes {
            // Under half nothing makes room for the entries of pages that went to the disk.
            let beyond = outcome.policy == .half ? 4000 * 24 : 0
            #expect(outcome.heldBytesMax <= Int(limit) + beyond, "\(outcome.allocator) \(outcome.policy), SEED=\(seed)")
            #expect(outcome.heldBytes > limit * 3 / 4, "\(outcome.allocator) \(outcome.policy), SEED=\(seed)")
            #expect(outcome.hits + outcome.misses == gets, "\(outcome.allocator) \(outcome.policy), SEED=\(seed)")
            #expect(outcome.misses > 0 && outcome.misses == outcome.diskReads, "SEED=\(seed)")
            #expect((32...64).contains(outcome.samples.count), "SEED=\(seed)")
        }
    }

    /// Memory is a matter of the pages, not of the operations.
    @Test func `ten times the operations on as many pages take no more memory`() {
        let seed = Seed.next()
        var traffic = SeededTraffic(seed: seed)
        var replay = Replay(
            ReplayPlan(allocators: ReplayPlan.Allocator.allCases, policies: [.clock, .lru], memLimitBytes: 3 << 20))
        for page in 0..<5000 { replay.happened(traffic.operation(.put, page: page, length: traffic.length())) }
        for _ in 0..<10_000 { replay.happened(traffic.any(pages: 5000)) }
        let early = replay.stateBytes
        for _ in 0..<100_000 { replay.happened(traffic.any(pages: 5000)) }
        // What zspages and blocks there are at most may still grow a little.
        let late = replay.stateBytes
        #expect(late <= early + early / 4, "SEED=\(seed): \(early), then \(late)")
        #expect(late < 5000 * 6 * 60, "SEED=\(seed): \(late)")
    }

    // MARK: the report

    @Test func `a report is JSON with all of it`() throws {
        var traffic = SeededTraffic(seed: 3)
        let entries = (0..<500).map { _ in TrafficLog.Entry.operation(traffic.any(pages: 50)) } + [.lost(3)]
        var replay = Replay(ReplayPlan(allocators: [.stacks, .zsmalloc], policies: [.lru], memLimitBytes: 1 << 20))
        var parser = RecordingParser()
        let bytes = try TestRecording.bytes(entries)
        try parser.take(bytes.span, &replay)
        try parser.finish()
        var out = ByteBuffer()
        let report = replay.report()
        report.append(jsonTo: &out, isComplete: true)
        let document = try JSONReader.document(out.span)
        let recording = document.member("recording")
        #expect(recording?.member("pool") == .string("swap") && recording?.member("complete") == .boolean(true))
        #expect(recording?.member("operations")?.unsigned == 500 && recording?.member("lost")?.unsigned == 3)
        let puts = document.member("operations")?.member("put")
        #expect(puts?.member("count")?.unsigned == report.traffic.durations(of: .put).count)
        guard case .array(let models)? = document.member("models"), models.count == 2 else {
            Issue.record("no models in \(out.text)")
            return
        }
        #expect(
            models[1].member("allocator") == .string("zsmalloc") && models[1].member("mem_limit")?.unsigned == 1 << 20)
        #expect(models[0].member("held_bytes")?.unsigned == UInt64(report.outcomes[0].heldBytes))
        guard case .array(let samples)? = models[0].member("samples") else {
            Issue.record("no samples")
            return
        }
        #expect(samples.count == report.outcomes[0].samples.count && samples.count >= 32)
        guard case .array(let buckets)? = document.member("lengths")?.member("buckets") else {
            Issue.record("no buckets")
            return
        }
        let counted = buckets.compactMap(\.unsigned).reduce(0, +) + report.traffic.samePuts + report.traffic.hugePuts
        #expect(buckets.count == 16 && counted == report.traffic.durations(of: .put).count)
    }

    @Test func `an empty recording is replayed to nothing`() throws {
        var replay = Replay(ReplayPlan())
        var parser = RecordingParser()
        let bytes = try TestRecording.bytes([])
        try parser.take(bytes.span, &replay)
        try parser.finish()
        let report = replay.report()
        #expect(report.header?.pool == "swap" && report.traffic.operationCount == 0 && report.traffic.times == nil)
        #expect(report.outcomes[0].heldBytes == 0 && report.outcomes[0].samples == [])
    }
}
