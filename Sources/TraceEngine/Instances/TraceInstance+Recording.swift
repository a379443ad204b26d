internal import Bytes
public import SystemPackage

/// The eight bytes that every record begins with: u16 type, u8 flags, u8 preemption count, i32 pid.
enum CommonHeader {
    /// The bytes as a little-endian number.
    ///
    /// - Parameters:
    ///   - event: the event's id.
    ///   - pid: the task.
    ///   - flags: the flags, and in the high byte the preemption count: 0 but for records of the kernel.
    /// - Returns: the number.
    @inline(__always)
    static func of(_ event: UInt16, pid: Int32, flags: UInt16 = 0) -> UInt64 {
        UInt64(event) | UInt64(flags) << 16 | UInt64(UInt32(bitPattern: pid)) << 32
    }
}

extension TraceInstance {
    /// Bytes of text in one marker record: what a page holds without the record's head, ip, newline and NUL.
    public static let markerTextMax = 4054
    /// Bytes of a record's payload.
    public static let payloadMax = SubBuffer.payloadMax

    /// Writes text as `trace_marker` does: an `ftrace/print` record, or several for long text.
    ///
    /// A newline is added where the text has none at its end, and a NUL. Text of no bytes is a record too.
    ///
    /// - Parameters:
    ///   - text: any bytes.
    ///   - task: who says it.
    ///   - lane: the CPU lane, taken modulo their number.
    /// - Throws: `EINVAL` where the option `markers` is off; `EBADF` where tracing is off, the lane is not traced, or the
    ///   buffer is full and must not overwrite; `ENOMEM` where the buffers may not be mapped; `ENODEV` where the instance
    ///   is gone, or is the top one and no instance takes its markers. What was written of long text stays.
    ///
    /// Markers of the top instance go to all instances with the option `copy_trace_marker`, of which it is one itself.
    public func writeMarker(_ text: Span<UInt8>, task: TraceTask, lane: Int) throws(Errno) {
        for target in try markerTargets() { try target.write(marker: text, task: task, lane: lane) }
    }

    /// The instances that take this one's markers.
    private func markerTargets() throws(Errno) -> [TraceInstance] {
        guard options.has(.markers) else { throw .invalidArgument }
        guard name.isEmpty else { return [self] }
        let targets = context.options.markerTargets
        if targets.isEmpty { throw .operationNotSupportedByDevice }
        return targets
    }

    private func write(marker text: Span<UInt8>, task: TraceTask, lane: Int) throws(Errno) {
        let (ring, clock, all) = try openRing(lane: lane)
        context.tasks.save(task)
        let common = CommonHeader.of(FtraceEvent.print, pid: task.pid)
        let rules = all.flatMap { $0.has(FtraceEvent.print) ? $0 : nil }
        let cpu = lane % context.lanes
        var payload = ByteBuffer(capacity: min(text.count, Self.markerTextMax) + 18)
        var start = 0
        repeat {
            let end = min(start + Self.markerTextMax, text.count)
            payload.removeAll()
            payload.append(repeating: 0, count: 16)
            payload.append(text.extracting(start..<end))
            var notes = PullNotes(time: nil)
            let pulls = pull(rules, by: &payload, pid: task.pid, cpu: cpu, &notes)
            // The kernel makes room for both, and uses the second for nothing where the newline is there already.
            if end == start || text[end - 1] != 0x0A { payload.append(0x0A) } else { payload.append(0) }
            payload.append(0)
            guard
                ring.write(timestamp: notes.read ?? clock.now(), isGiven: false, common: common, payload: payload.span)
                    == .written
            else { throw notTaken }
            if pulls, rules?.pullLater(FtraceEvent.print, pid: task.pid, payload: payload.span, cpu: cpu) == true {
                EventRules.write(stack: FtraceEvent.kernelStack, pid: task.pid, time: clock.now(), into: ring)?.fire()
            }
            publish(notes, lane: cpu)
            start = end
        } while start < text.count
    }

    /// Pulls the triggers of `ftrace/print`, which see the text with a NUL and without the newline.
    ///
    /// - Returns: whether some wait until the record is written.
    private func pull(
        _ rules: EventRules?, by payload: inout ByteBuffer, pid: Int32, cpu: Int, _ notes: inout PullNotes
    ) -> Bool {
        guard let rules else { return false }
        let count = payload.count
        payload.append(0)
        let verdict = rules.verdict(FtraceEvent.print, pid: pid, payload: payload.span, cpu: cpu, &notes)
        payload.truncate(to: count)
        return verdict == .writeThenMore || verdict == .discardThenMore
    }

    /// Publishes what histograms made of a record, under no lock.
    private func publish(_ notes: PullNotes, lane: Int) {
        guard let synthetic = notes.synthetic else { return }
        context.active.targets(lane: lane).writeSynthetic(synthetic, timestamp: notes.given)
    }

    /// Writes bytes as `trace_marker_raw` does: an `ftrace/raw_data` record.
    ///
    /// - Throws: `EINVAL` for less than 4 or more than 4064 bytes, and as ``writeMarker(_:task:lane:)``.
    public func writeRawMarker(_ bytes: Span<UInt8>, task: TraceTask, lane: Int) throws(Errno) {
        guard bytes.count >= 4, bytes.count <= Self.payloadMax - 8 else { throw .invalidArgument }
        for target in try markerTargets() { try target.write(rawMarker: bytes, task: task, lane: lane) }
    }

    private func write(rawMarker bytes: Span<UInt8>, task: TraceTask, lane: Int) throws(Errno) {
        let (ring, clock, _) = try openRing(lane: lane)
        context.tasks.save(task)
        var payload = ByteBuffer(capacity: bytes.count + 8)
        payload.append(repeating: 0, count: 8)
        payload.append(bytes)
        let common = CommonHeader.of(FtraceEvent.rawData, pid: task.pid)
        guard ring.write(timestamp: clock.now(), isGiven: false, common: common, payload: payload.span) == .written
        else { throw notTaken }
    }

    /// Writes one event's record into this instance alone.
    ///
    /// - Parameters:
    ///   - event: whose record it is.
    ///   - payload: the whole record as its format lays it out; its first eight bytes are filled here.
    ///   - lane: the CPU lane, taken modulo their number.
    ///   - task: who caused it.
    ///   - timestamp: ns of the instance's clock; nil is now. A time before that of the last record is kept, at the
    ///     cost of eight bytes.
    ///   - source: who writes it.
    ///   - evenIfDisabled: as the kernel's `inject` does.
    /// - Returns: whether it was recorded: not where the event is disabled, its filter says no, tracing is off, or the
    ///   buffer is full and must not overwrite.
    /// - Throws: `EINVAL` for a payload below 8 or above 4072 bytes, `ENOMEM` where the buffers may not be mapped,
    ///   `ENODEV` where the instance or the event is gone.
    @discardableResult
    public func write(
        event: TraceEvent, payload: Span<UInt8>, lane: Int, task: TraceTask, timestamp: UInt64? = nil,
        source: TraceSource = .local, evenIfDisabled: Bool = false
    ) throws(Errno) -> Bool {
        guard payload.count >= 8, payload.count <= Self.payloadMax else { throw .invalidArgument }
        guard !event.isDead else { throw .operationNotSupportedByDevice }
        let (isSeen, rules) = peek { ($0?.gate?.mask.contains(event.id) ?? false, $0?.rules) }
        var verdict = tracingOn ? RecordVerdict.write : .discard
        var notes = PullNotes(time: timestamp)
        defer { publish(notes, lane: lane % context.lanes) }
        if isSeen || evenIfDisabled, let rules {
            context.tasks.save(task)
            verdict = rules.verdict(
                event.id, pid: task.pid, payload: payload, cpu: lane % context.lanes, isTracepoint: !evenIfDisabled,
                &notes)
        }
        if verdict == .discardThenMore {
            if rules?.pullLater(event.id, pid: task.pid, payload: payload, cpu: lane % context.lanes) == true {
                let (ring, clock, _) = try openRing(lane: lane, source: source)
                EventRules.write(
                    stack: FtraceEvent.kernelStack, pid: task.pid, time: timestamp ?? clock.now(), into: ring)?.fire()
            }
            return false
        }
        guard isSeen || evenIfDisabled, verdict != .discard else {
            if isDead { throw .operationNotSupportedByDevice }
            return false
        }
        context.tasks.save(task)
        let (ring, clock, _) = try openRing(lane: lane, source: source, noting: event)
        let time = timestamp ?? notes.read ?? clock.now()
        let outcome = ring.write(
            timestamp: time, isGiven: timestamp != nil, common: CommonHeader.of(event.id, pid: task.pid),
            payload: payload)
        if verdict == .writeThenMore {
            if outcome == .written {
                rules?.writeStacks(behind: event.id, pid: task.pid, time: time, into: ring)?.fire()
            }
            if rules?.pullLater(event.id, pid: task.pid, payload: payload, cpu: lane % context.lanes) == true {
                EventRules.write(stack: FtraceEvent.kernelStack, pid: task.pid, time: time, into: ring)?.fire()
            }
        }
        return outcome == .written
    }

    /// Why a ring buffer did not take a record: its instance went meanwhile, or it takes none.
    private var notTaken: Errno { isDead ? .operationNotSupportedByDevice : .badFileDescriptor }

    /// The buffer to write into, mapped, the clock, and the rules.
    private func openRing(
        lane: Int, source: TraceSource = .local, noting event: TraceEvent? = nil
    ) throws(Errno) -> (RingBuffer, TraceClock, EventRules?) {
        guard tracingOn || isDead else { throw notTaken }
        return try withTouchedParts { parts throws(Errno) in
            try parts.mapAll()
            let ring = parts.ring(lane: lane % context.lanes, source: source)
            if source == .kernel { try ring.map() }
            if let event { note(event, in: parts) }
            return (ring, parts.clock, parts.rules)
        }
    }

    /// Remembers that there may be records of an event that was never enabled.
    private func note(_ event: TraceEvent, in parts: InstanceParts) {
        if let recorded = parts.recorded, recorded.capacity > Int(event.id) {
            recorded.insert(event.id)
            return
        }
        let larger = EventMask(capacity: min(max(context.catalogue.snapshot.idEnd, Int(event.id) + 1) + 1024, 65_536))
        if let recorded = parts.recorded { larger.formUnion(recorded) }
        larger.insert(event.id)
        parts.recorded = larger
    }
}
