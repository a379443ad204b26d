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
        func verdict(_ record: borrowing Record, lane: Int, _ notes: inout PullNotes) -> RecordVerdict {
            guard unsafe gate._withUnsafeGuaranteedRef({ $0.mask.contains(record.event) }) else { return .discard }
            guard let rules = unsafe rules else {
                return unsafe gate._withUnsafeGuaranteedRef { $0.isOpen } ? .write : .discard
            }
            return unsafe rules._withUnsafeGuaranteedRef {
                $0.verdict(
                    record.event, pid: record.pid, payload: record.payload, cpu: lane, flags: record.flags,
                    source: record.source, &notes)
            }
        }

        /// Writes what stands behind a record, and pulls the triggers that waited for it.
        ///
        /// - Returns: who is to be woken, under no lock.
        @inline(never)
        func finish(_ record: borrowing Record, lane: Int, time: UInt64, isWritten: Bool) -> WaitingReaders? {
            guard let rules = unsafe rules else { return nil }
            return unsafe rules._withUnsafeGuaranteedRef { rules in
                let ring = unsafe (record.source == .kernel ? kernel : local).takeUnretainedValue()
                var waiting: WaitingReaders?
                if isWritten {
                    waiting = rules.writeStacks(behind: record.event, pid: record.pid, time: time, into: ring)
                }
                let isStackWanted = rules.pullLater(
                    record.event, pid: record.pid, payload: record.payload, cpu: lane, flags: record.flags,
                    source: record.source)
                if isStackWanted {
                    waiting =
                        EventRules.write(stack: FtraceEvent.kernelStack, pid: record.pid, time: time, into: ring)
                        ?? waiting
                }
                return waiting
            }
        }

        @inline(__always)
        func now() -> UInt64 {
            if let time = clock.now() { return time }
            return unsafe gate._withUnsafeGuaranteedRef { $0.clock.now() }
        }

        /// Writes a run of records, and appends the readers that are to be woken and what histograms made of them.
        ///
        /// Without filters and triggers in the instance, and where its clock does not count its askers: one look at the
        /// clock, and one lock of the ring buffer.
        func write(
            _ records: Span<RunRecord>, of bytes: Span<UInt8>, lane: Int, waking: inout [WaitingReaders],
            made: inout [PullNotes]
        ) {
            guard unsafe rules == nil, !clock.isCounter else {
                for index in records.indices {
                    let record = records[index]
                    let payload = bytes.extracting(record.start..<(record.start + record.count))
                    write(
                        Record(
                            event: record.event, pid: record.pid, timestamp: record.isTimed ? record.timestamp : nil,
                            source: .local, payload: payload), lane: lane, waking: &waking, made: &made)
                }
                return
            }
            let waiting = unsafe gate._withUnsafeGuaranteedRef { gate -> WaitingReaders? in
                guard gate.isOpen else { return nil }
                let time = now()
                return unsafe local._withUnsafeGuaranteedRef {
                    $0.writeQuietly(records, of: bytes, now: time, wanting: gate.mask)
                }
            }
            if let waiting { waking.append(waiting) }
        }

        /// Writes one record with all that goes with it.
        @inline(never)
        func write(
            _ record: Record, lane: Int, waking: inout [WaitingReaders], made: inout [PullNotes]
        ) {
            var notes = PullNotes(time: record.timestamp)
            let verdict = verdict(record, lane: lane, &notes)
            if notes.synthetic != nil { made.append(notes) }
            guard verdict != .discard else { return }
            let time = record.timestamp ?? notes.read ?? now()
            var isWritten = false
            if verdict != .discardThenMore {
                let result = write(record, time: time)
                isWritten = result.outcome == .written
                Self.note(result.waiting, in: &waking)
            }
            if verdict == .write { return }
            Self.note(finish(record, lane: lane, time: time, isWritten: isWritten), in: &waking)
        }

        /// Notes who is to be woken, a run of the same once.
        private static func note(_ waiting: WaitingReaders?, in waking: inout [WaitingReaders]) {
            if let waiting, waking.last !== waiting { waking.append(waiting) }
        }

        @inline(__always)
        func hasSameClock(as other: Borrowed) -> Bool { clock.isSame(as: other.clock) }

        @inline(__always)
        func write(_ record: Record, time: UInt64) -> (outcome: RingBuffer.WriteOutcome, waiting: WaitingReaders?) {
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
    /// and pulls its triggers. What histograms made of it is published behind it.
    ///
    /// - Parameters:
    ///   - record: the record.
    ///   - depth: through how many synthetic events it came.
    /// - Returns: in how many it was recorded.
    @inline(__always)
    func write(_ record: Record, depth: Int = 0) -> Int {
        var waiting: WaitingReaders?
        var more: [WaitingReaders] = []
        var notes = PullNotes(time: record.timestamp)
        let recorded = list.withLock { list in
            var recorded = 0
            var time = record.timestamp
            var asked = -1
            let list = list.borrowed
            for index in list.indices {
                notes.begin()
                let verdict = list[index].verdict(record, lane: lane, &notes)
                guard verdict != .discard else { continue }
                if record.timestamp == nil {
                    if let read = notes.read {
                        time = read
                        asked = index
                    } else if asked < 0 || !list[asked].hasSameClock(as: list[index]) {
                        time = list[index].now()
                        asked = index
                    }
                }
                if verdict == .discardThenMore {
                    if let signal = list[index].finish(record, lane: lane, time: time ?? 0, isWritten: false) {
                        more.append(signal)
                    }
                    continue
                }
                let result = list[index].write(record, time: time ?? 0)
                if result.outcome == .written { recorded += 1 }
                if verdict == .writeThenMore {
                    let isWritten = result.outcome == .written
                    let signal = list[index].finish(record, lane: lane, time: time ?? 0, isWritten: isWritten)
                    if let signal { more.append(signal) }
                }
                guard let signal = result.waiting else { continue }
                if waiting == nil { waiting = signal } else { more.append(signal) }
            }
            return recorded
        }
        if let waiting { waiting.fire() }
        for signal in more { signal.fire() }
        if let synthetic = notes.synthetic { writeSynthetic(synthetic, timestamp: record.timestamp, depth: depth) }
        return recorded
    }

    /// Writes a run of records as ``write(_:depth:)`` does one, instance by instance.
    func write(_ records: Span<RunRecord>, of bytes: Span<UInt8>) {
        var waking: [WaitingReaders] = []
        var made: [PullNotes] = []
        list.withLock { list in
            let list = list.borrowed
            for index in list.indices {
                list[index].write(records, of: bytes, lane: lane, waking: &waking, made: &made)
            }
        }
        for signal in waking { signal.fire() }
        for notes in made { writeSynthetic(notes.synthetic ?? [], timestamp: notes.given) }
    }

    /// Writes records that came from the kernel together, as ``write(_:depth:)`` does with one, under one lock for all.
    ///
    /// - Parameters:
    ///   - records: where they stand.
    ///   - page: their bytes.
    ///   - readers: takes who is to be woken.
    func write(_ records: [OutsideRecord], of page: Span<UInt8>, waking readers: inout ReadersToWake) {
        var waking: [WaitingReaders] = []
        var made: [PullNotes] = []
        list.withLock { list in
            let list = list.borrowed
            for known in records {
                for index in list.indices {
                    list[index].write(
                        Record(
                            event: known.event, pid: known.pid, timestamp: known.timestamp, source: .kernel,
                            flags: known.flags, payload: page.extracting(known.bytes)),
                        lane: lane, waking: &waking, made: &made)
                }
            }
        }
        for signal in waking { readers.append(signal) }
        for notes in made { writeSynthetic(notes.synthetic ?? [], timestamp: notes.given) }
    }

    /// Tells the instances in which any of some events is enabled that records were lost.
    func lose(_ count: UInt64, of events: EventIDSet) {
        list.withLock { list in
            for target in list.owned where target.gate.isOpen && target.gate.mask.count(in: events) > 0 {
                target.kernel.miss(count)
            }
        }
    }

    /// Through how many synthetic events one record may go on: what makes itself ends here.
    private static let depthMax = 8

    /// Writes what histograms made of a record.
    ///
    /// - Parameters:
    ///   - records: in order.
    ///   - timestamp: that of the record, where it was given one.
    ///   - depth: through how many synthetic events that came.
    @inline(never)
    func writeSynthetic(_ records: [SyntheticRecord], timestamp: UInt64?, depth: Int = 0) {
        guard depth < Self.depthMax else { return }
        for record in records where record.payload.count <= SubBuffer.payloadMax {
            _ = write(
                Record(
                    event: record.event, pid: record.pid, timestamp: timestamp, source: .local,
                    payload: record.payload.span),
                depth: depth + 1)
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
