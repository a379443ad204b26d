/// One model of an allocator, one policy, one disk, and where each page is.
///
/// Eight bytes a page, and what the allocator and the policy have.
struct MachineState<Allocator: AllocatorModel> {
    private let policy: ReplayPlan.Policy
    private let limitBytes: Int
    private var allocator = Allocator()
    private var disk = BackingStoreModel()
    private(set) var cells: [PageCell] = []
    private var queue = PageQueue()
    private var ring = PageRing()
    private var hand: UInt32 = 0
    private var objects = 0
    private var idealBytes = 0
    private var diskObjects = 0
    private var told: ReplayOutcome
    private var samples = HeldSamples()

    init(_ allocator: ReplayPlan.Allocator, _ policy: ReplayPlan.Policy, memLimitBytes: UInt64?) {
        self.policy = policy
        limitBytes = memLimitBytes.map { Int(clamping: $0) } ?? .max
        told = ReplayOutcome(allocator: allocator, policy: policy, memLimitBytes: memLimitBytes)
    }

    mutating func run(_ steps: Span<ReplayStep>) {
        for index in steps.indices {
            let step = steps[index]
            while cells.count <= Int(step.slot) { cells.append(PageCell()) }
            switch step.action {
            case .put: put(step.slot, Int(step.length))
            case .get: get(step.slot)
            case .discard: discard(step.slot)
            }
            settle(step)
        }
    }

    // MARK: operations

    private mutating func put(_ slot: UInt32, _ length: Int) {
        let old = cells[Int(slot)]
        let half = TrafficOperation.pageBytes / 2
        let goesToMemory = length > 0 && !(policy == .half && length > half)
        if goesToMemory, old.place == .memory {
            cells[Int(slot)].handle = allocator.replace(old.handle, Int(old.length), with: length)
            cells[Int(slot)].length = UInt16(length)
            idealBytes += length - Int(old.length)
            use(slot, isPut: true)
            return
        }
        take(slot, .overwritten)
        cells[Int(slot)].length = UInt16(length)
        if length == 0 {
            cells[Int(slot)].place = .entry
        } else if goesToMemory {
            cells[Int(slot)].handle = allocator.store(length)
            cells[Int(slot)].place = .memory
            cells[Int(slot)].age = 0
            objects += 1
            idealBytes += length
            enter(slot)
        } else {
            write(slot)
        }
    }

    private mutating func get(_ slot: UInt32) {
        switch cells[Int(slot)].place {
        case .memory:
            told.hits += 1
            use(slot, isPut: false)
        case .disk:
            // What is read stays where it is, as with zram's backing device.
            if disk.read(cells[Int(slot)].handle) { told.misses += 1 } else { told.hits += 1 }
        case .entry: told.hits += 1
        case .nowhere: break
        }
    }

    private mutating func discard(_ slot: UInt32) {
        take(slot, .discarded)
        cells[Int(slot)].place = .nowhere
    }

    /// Takes a page's object out of where it is.
    private mutating func take(_ slot: UInt32, _ reason: ReleaseReason) {
        let cell = cells[Int(slot)]
        switch cell.place {
        case .memory:
            allocator.release(cell.handle, Int(cell.length), reason)
            objects -= 1
            idealBytes -= Int(cell.length)
            leave(slot)
        case .disk:
            disk.remove(cell.handle)
            diskObjects -= 1
        case .entry, .nowhere: break
        }
    }

    private mutating func write(_ slot: UInt32) {
        cells[Int(slot)].handle = disk.write(Int(cells[Int(slot)].length))
        cells[Int(slot)].place = .disk
        diskObjects += 1
        told.spills += 1
    }

    // MARK: who goes first

    private mutating func enter(_ slot: UInt32) {
        switch policy {
        case .clock: ring.insert(slot)
        case .lru, .fifo: queue.insert(slot)
        case .half: break
        }
    }

    private mutating func leave(_ slot: UInt32) {
        switch policy {
        case .clock: ring.remove(slot)
        case .lru, .fifo: queue.remove(slot)
        case .half: break
        }
    }

    private mutating func use(_ slot: UInt32, isPut: Bool) {
        switch policy {
        case .clock: cells[Int(slot)].age = 0
        case .lru: queue.touch(slot)
        case .fifo: if isPut { queue.touch(slot) }
        case .half: break
        }
    }

    /// The page in memory that is to go; nil where none is.
    private mutating func victim() -> UInt32? {
        switch policy {
        case .lru, .fifo: return queue.last
        case .half: return nil
        case .clock:
            while let slot = ring.next(from: hand) {
                hand = slot + 1
                if cells[Int(slot)].age == 3 { return slot }
                cells[Int(slot)].age += 1
            }
            return nil
        }
    }

    // MARK: the limit

    private func heldBytes(_ step: ReplayStep) -> Int {
        allocator.heldPages * 4096 + disk.bufferBytes
            + allocator.tableBytes(
                pagesStored: Int(step.pagesStored), objects: objects, nodes: Int(step.tableNodes))
    }

    /// Sees to it that the limit is kept, and notes what is held.
    @inline(__always)
    private mutating func settle(_ step: ReplayStep) {
        if step.pagesStored == 0 { allocator.giveBack() }
        var held = heldBytes(step)
        if held > limitBytes { held = shrink(step) }
        if held > told.heldBytesMax {
            told.heldBytesMax = held
            told.idealBytesAtMax = idealBytes
        }
        told.heldBytes = held
        if samples.isDue(step.number) {
            samples.add(
                ReplaySample(
                    operations: step.number, time: step.time, heldBytes: held, idealBytes: idealBytes,
                    diskBytes: disk.clusterCount * BackingStoreModel.clusterBytes))
        }
    }

    private mutating func shrink(_ step: ReplayStep) -> Int {
        allocator.giveBack()
        var held = heldBytes(step)
        if policy == .half {
            // Nothing that is in memory goes; what has just come does.
            if held > limitBytes, step.action == .put, cells[Int(step.slot)].place == .memory {
                take(step.slot, .evicted)
                write(step.slot)
                held = heldBytes(step)
            }
            return held
        }
        while held > limitBytes, let slot = victim() {
            take(slot, .evicted)
            write(slot)
            held = heldBytes(step)
        }
        return held
    }

    // MARK: what came of it

    var outcome: ReplayOutcome {
        var outcome = told
        outcome.idealBytes = idealBytes
        outcome.diskReads = disk.readCount
        outcome.diskReadBytes = disk.readCount * UInt64(BackingStoreModel.blockBytes)
        outcome.diskWrites = disk.writeCount
        outcome.diskWriteBytes = disk.writeCount * UInt64(BackingStoreModel.clusterBytes)
        outcome.diskBytes = disk.clusterCount * BackingStoreModel.clusterBytes
        outcome.diskBytesMax = disk.clusterCountMax * BackingStoreModel.clusterBytes
        outcome.samples = samples.list
        return outcome
    }

    var stateBytes: Int {
        cells.capacity * MemoryLayout<PageCell>.stride + allocator.stateBytes + disk.stateBytes + queue.stateBytes
            + ring.stateBytes
    }

    func checkInvariants() {
        #if DEBUG
            allocator.checkInvariants()
            disk.checkInvariants(objects: diskObjects)
            let inMemory = cells.indices.filter { cells[$0].place == .memory }
            precondition(inMemory.count == objects, "objects are miscounted")
            precondition(inMemory.reduce(0) { $0 + Int(cells[$1].length) } == idealBytes, "bytes are miscounted")
            precondition(cells.count { $0.place == .disk } == diskObjects, "objects on the disk are miscounted")
            if policy == .lru || policy == .fifo {
                precondition(Set(queue.members()) == Set(inMemory.map { UInt32($0) }), "the queue has other pages")
            }
        #endif
    }
}
