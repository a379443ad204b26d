internal import Locking
internal import Synchronization

/// The instances in which any event is enabled, as the writers of one CPU lane see them.
///
/// Each lane has a list of its own, so that writers on two CPUs share neither a lock nor a reference count. An
/// instance stands at the same place in the lists of all lanes, and takes its place under its own lock and the lock of
/// ``ActiveInstances``; so these come after the instance's lock, and before the ring buffers'.
///
/// A record is written under the lane's lock, which keeps every target alive: with a reference taken and given back
/// for each object on the way a record took 80 ns more (2026-11). Readers are woken after it.
final class LaneTargets: Sendable {
    /// One active instance.
    struct Target: Sendable {
        let gate: RecordingGate
        /// Filters and triggers; nil where the instance has none.
        let rules: EventRules?
        /// For records of this process and its clients.
        let local: RingBuffer
        /// For records of the kernel.
        let kernel: RingBuffer
    }

    /// The same without ownership. ``State/owned`` keeps the objects alive, and both are reached under one lock.
    @safe private struct Borrowed {
        private let gate: Unmanaged<RecordingGate>
        private let rules: Unmanaged<EventRules>?
        private let local: Unmanaged<RingBuffer>
        private let kernel: Unmanaged<RingBuffer>
        /// What tells the time, without a reference: asking the gate's clock takes and gives back two.
        private let clock: TraceClock.Identity

        init(_ target: Target) {
            clock = target.gate.clock.identity
            unsafe gate = Unmanaged.passUnretained(target.gate)
            unsafe rules = target.rules.map { unsafe Unmanaged.passUnretained($0) }
            unsafe local = Unmanaged.passUnretained(target.local)
            unsafe kernel = Unmanaged.passUnretained(target.kernel)
        }

        /// What becomes of a record. Without filters and triggers in the instance: two loads and two branches.
        @inline(__always)
        func verdict(_ record: borrowing Record, lane: Int) -> RecordVerdict {
            guard unsafe gate._withUnsafeGuaranteedRef({ $0.mask.contains(record.event) }) else { return .discard }
            guard let rules = unsafe rules else {
                return unsafe gate._withUnsafeGuaranteedRef { $0.isOpen } ? .write : .discard
            }
            return unsafe rules._withUnsafeGuaranteedRef {
                $0.verdict(
                    record.event, pid: record.pid, payload: record.payload, cpu: lane, flags: record.flags,
                    source: record.source)
            }
        }

        /// Pulls the triggers that waited for a record.
        @inline(never)
        func pullLater(_ record: borrowing Record, lane: Int) {
            guard let rules = unsafe rules else { return }
            unsafe rules._withUnsafeGuaranteedRef {
                $0.pullLater(
                    record.event, pid: record.pid, payload: record.payload, cpu: lane, flags: record.flags,
                    source: record.source)
            }
        }

        @inline(__always)
        func now() -> UInt64 {
            if let time = clock.now() { return time }
            return unsafe gate._withUnsafeGuaranteedRef { $0.clock.now() }
        }

        @inline(__always)
        func hasSameClock(as other: Borrowed) -> Bool { clock.isSame(as: other.clock) }

        @inline(__always)
        func write(_ record: Record, time: UInt64) -> (outcome: RingBuffer.WriteOutcome, waiting: ReaderSignal?) {
            let common = CommonHeader.of(record.event, pid: record.pid, flags: record.flags)
            let isGiven = record.timestamp != nil
            if record.source == .kernel {
                let ring = unsafe kernel.takeUnretainedValue()
                guard (try? ring.map()) != nil else { return (.dropped, nil) }
                return ring.writeQuietly(timestamp: time, isGiven: isGiven, common: common, payload: record.payload)
            }
            return unsafe local._withUnsafeGuaranteedRef {
                $0.writeQuietly(timestamp: time, isGiven: isGiven, common: common, payload: record.payload)
            }
        }
    }

    private struct State {
        var owned: [Target] = []
        /// As ``owned``, place by place.
        var borrowed: [Borrowed] = []
    }

    private let list = Locked(State())
    /// Which lane it is.
    private let lane: Int

    init(lane: Int) { self.lane = lane }

    /// One record, on its way to all who want it.
    struct Record: ~Escapable {
        let event: UInt16
        let pid: Int32
        /// Nil is now.
        let timestamp: UInt64?
        let source: TraceSource
        /// The kernel's flags and preemption count; 0 for ours.
        let flags: UInt16
        let payload: Span<UInt8>

        @_lifetime(copy payload)
        @inline(__always)
        init(
            event: UInt16, pid: Int32, timestamp: UInt64?, source: TraceSource, flags: UInt16 = 0,
            payload: Span<UInt8>
        ) {
            self.event = event
            self.pid = pid
            self.timestamp = timestamp
            self.source = source
            self.flags = flags
            self.payload = payload
        }
    }

    /// Writes a record into every instance of the list where its event is enabled, tracing is on and its filter passes,
    /// and pulls its triggers.
    ///
    /// - Returns: in how many it was recorded.
    @inline(__always)
    func write(_ record: Record) -> Int {
        var waiting: ReaderSignal?
        var more: [ReaderSignal] = []
        let recorded = list.withLock { list in
            var recorded = 0
            var time = record.timestamp
            var asked = -1
            let list = list.borrowed
            for index in list.indices {
                let verdict = list[index].verdict(record, lane: lane)
                guard verdict != .discard else { continue }
                if record.timestamp == nil && (asked < 0 || !list[asked].hasSameClock(as: list[index])) {
                    time = list[index].now()
                    asked = index
                }
                let result = list[index].write(record, time: time ?? 0)
                if result.outcome == .written { recorded += 1 }
                if verdict == .writeThenPull { list[index].pullLater(record, lane: lane) }
                guard let signal = result.waiting else { continue }
                if waiting == nil { waiting = signal } else { more.append(signal) }
            }
            return recorded
        }
        if let waiting { waiting.fire() }
        for signal in more { signal.fire() }
        return recorded
    }

    /// Writes records that came from the kernel together, as ``write(_:)`` does with one, under one lock for all.
    ///
    /// - Parameters:
    ///   - records: where they stand.
    ///   - page: their bytes.
    ///   - readers: takes who is to be woken.
    func write(_ records: [OutsideRecord], of page: Span<UInt8>, waking readers: inout WaitingReaders) {
        let waiting = list.withLock { list in
            var waiting: [ReaderSignal] = []
            let list = list.borrowed
            for known in records {
                let record = Record(
                    event: known.event, pid: known.pid, timestamp: known.timestamp, source: .kernel,
                    flags: known.flags, payload: page.extracting(known.bytes))
                for index in list.indices {
                    let verdict = list[index].verdict(record, lane: lane)
                    guard verdict != .discard else { continue }
                    let result = list[index].write(record, time: known.timestamp)
                    if verdict == .writeThenPull { list[index].pullLater(record, lane: lane) }
                    guard let signal = result.waiting, waiting.last !== signal else { continue }
                    waiting.append(signal)
                }
            }
            return waiting
        }
        for signal in waiting { readers.append(signal) }
    }

    /// Tells the instances in which any of some events is enabled that records were lost.
    func lose(_ count: UInt64, of events: EventIDSet) {
        list.withLock { list in
            for target in list.owned where target.gate.isOpen && target.gate.mask.count(in: events) > 0 {
                target.kernel.miss(count)
            }
        }
    }

    /// Adds one at the end. Waits for the record that is being written.
    func append(_ target: Target) {
        list.withLock { list in
            list.owned.append(target)
            list.borrowed.append(Borrowed(target))
        }
    }

    /// Waits for the record that is being written.
    func wait() { list.withLock { _ in } }

    /// Replaces one.
    func replace(at place: Int, with target: Target) {
        list.withLock { list in
            list.owned[place] = target
            list.borrowed[place] = Borrowed(target)
        }
    }

    /// Puts the last in the place of one, and shortens the list.
    func removeBySwap(at place: Int) {
        list.withLock { list in
            list.owned.swapAt(place, list.owned.count - 1)
            list.borrowed.swapAt(place, list.borrowed.count - 1)
            list.owned.removeLast()
            list.borrowed.removeLast()
        }
    }
}

/// The instances in which any event is enabled, and where they stand in the lists of the lanes.
final class ActiveInstances: Sendable {
    /// Where one stands; owned by this object.
    final class Place: Sendable {
        fileprivate let index = Atomic<Int>(-1)
    }

    private let lanes: [LaneTargets]
    /// Protects who stands where; the lists are changed under it, lane by lane.
    private let places = Locked<[Place]>([])

    init(lanes: Int) { self.lanes = (0..<lanes).map { LaneTargets(lane: $0) } }

    /// What the writers of a lane see.
    @inline(__always)
    func targets(lane: Int) -> LaneTargets { lanes[lane] }

    /// How many there are.
    var count: Int { places.withLock { $0.count } }

    /// Adds an instance or, where it is there already, changes what writers see of it.
    func set(_ place: Place, _ target: (_ lane: Int) -> LaneTargets.Target) {
        places.withLock { places in
            let index = place.index.load(ordering: .relaxed)
            for lane in lanes.indices {
                if index < 0 {
                    lanes[lane].append(target(lane))
                } else {
                    lanes[lane].replace(at: index, with: target(lane))
                }
            }
            guard index < 0 else { return }
            place.index.store(places.count, ordering: .relaxed)
            places.append(place)
        }
    }

    /// Waits for the records that are being written, by whatever their writers saw before.
    func wait() {
        for lane in lanes { lane.wait() }
    }

    /// Removes an instance, if it is there.
    func remove(_ place: Place) {
        places.withLock { places in
            let index = place.index.load(ordering: .relaxed)
            guard index >= 0 else { return }
            for lane in lanes { lane.removeBySwap(at: index) }
            places.swapAt(index, places.count - 1)
            places[index].index.store(index, ordering: .relaxed)
            places.removeLast()
            place.index.store(-1, ordering: .relaxed)
        }
    }
}
