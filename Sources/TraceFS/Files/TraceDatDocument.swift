internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine
internal import TraceOutput

/// `?format=dat`: records of one instance or of several as a file of trace-cmd.
///
/// Where the pages of each CPU stand comes before them in such a file, so the records are read twice: when it is opened,
/// to count pages and to see which events there are, and while it is sent. Memory is a page for each lane while they are
/// counted, and two while they are sent, however large the buffers are. What writers overwrite in between is marked as
/// lost, and the pages that it would have filled are empty, at the end of their lane.
final class TraceDatDocument: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.

    /// What one lane of one instance gives.
    private struct Lane {
        let extent: TraceExtent
        let cpu: Int
        let pages: UInt64
        let records: UInt64
    }

    private var events: MetEvents
    /// Everything before the first page, until it is sent.
    private var head: ByteBuffer
    private var lanes: ArraySlice<Lane> = []
    private var pages: LanePages?
    let length: UInt64?

    /// Bytes of a page: those of the kernel's default, into which every record fits.
    private static let pageSize = 4096

    /// One of the buffers of the file.
    struct Source {
        /// What readers call it; empty for the file's own, which comes first.
        let name: String
        let extent: TraceExtent
    }

    /// Counts what there is.
    ///
    /// - Parameters:
    ///   - sources: the first is the file's top buffer, the others are in it under their names where they hold anything.
    ///   - clock: that of their times.
    ///   - selection: which records.
    ///   - traceEngine: whose they are.
    ///   - descriptions: what is known of their events.
    init(
        _ sources: [Source], clock: TraceClock, _ selection: RecordSelection, in traceEngine: TraceEngine,
        descriptions: EventDescriptions
    ) {
        events = MetEvents(engine: traceEngine, descriptions: descriptions, selection: selection)
        var file = TraceDatHead(pageSize: Self.pageSize)
        var types = Set<UInt16>()
        var found: [Lane] = []
        for (index, source) in sources.enumerated() {
            var counts = LaneCounts(lanes: traceEngine.lanes)
            counts.count(source.extent, atMost: selection.countMax, &events, &types)
            if index > 0, counts.isEmpty { continue }
            file.add(TraceDatBuffer(name: source.name, pages: counts.pages))
            for cpu in counts.pages.indices where counts.pages[cpu] > 0 {
                found.append(
                    Lane(extent: source.extent, cpu: cpu, pages: counts.pages[cpu], records: counts.records[cpu]))
            }
        }
        Self.describe(types, &events, in: &file)
        file.commands = Self.commands(of: traceEngine)
        file.clocks = Self.clocks(of: clock)
        file.recordLayout = Array(FtraceFiles.event.utf8)
        head = ByteBuffer(capacity: 4096)
        file.append(to: &head)
        length = UInt64(head.count) + file.dataSize
        lanes = found[...]
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if !head.isEmpty {
            buffer.append(head.span)
            head = ByteBuffer(capacity: 64)
        }
        while buffer.count < end {
            if pages?.next(into: &buffer, &events) == true { continue }
            guard let lane = lanes.popFirst() else { return .end }
            pages = LanePages(
                cursor: lane.extent.makeCursor(lane: lane.cpu, tellsLosses: true), pageSize: Self.pageSize,
                pages: lane.pages, records: lane.records)
        }
        return .more
    }

    func close() {}

    // MARK: what stands in the head

    private static func describe(_ types: Set<UInt16>, _ events: inout MetEvents, in file: inout TraceDatHead) {
        var text = ByteBuffer(capacity: 2048)
        for type in types.sorted() {
            guard let event = events.event(ofType: type) else { continue }
            text.removeAll()
            event.appendFormat(to: &text)
            file.add(format: text.span, of: event.system)
        }
    }

    /// As `saved_cmdlines` reads; a byte that would end the line is a space.
    private static func commands(of traceEngine: TraceEngine) -> [UInt8] {
        var out = ByteBuffer()
        for task in traceEngine.tasks.all {
            out.append(decimal: task.pid)
            out.append(0x20)
            for byte in task.comm.utf8 { out.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
            out.append(0x0A)
        }
        return out.array
    }

    /// As `trace_clock` reads.
    private static func clocks(of clock: TraceClock) -> [UInt8] {
        Array((TraceClock.names.map { $0 == clock.name ? "[\($0)]" : $0 }.joined(separator: " ") + "\n").utf8)
    }
}

/// How many pages and records the lanes of an instance come to.
private struct LaneCounts {
    private(set) var pages: [UInt64]
    private(set) var records: [UInt64]

    init(lanes: Int) {
        pages = Array(repeating: 0, count: lanes)
        records = pages
    }

    var isEmpty: Bool { records.allSatisfy { $0 == 0 } }

    /// Goes through an instance as its reader will, and notes which types of records there are.
    mutating func count(
        _ extent: TraceExtent, atMost countMax: UInt64, _ events: inout MetEvents, _ types: inout Set<UInt16>
    ) {
        var cursor = extent.makeCursor(tellsLosses: true)
        var payload = ByteBuffer()
        var left = countMax
        let counters = pages.map { _ in PageCounter() }
        var lastType: UInt16?
        while left > 0 {
            switch cursor.step(into: &payload) {
            case .record(let header):
                let type = RecordCommon(of: payload.span).type
                guard events.wants(type, at: header.timestamp) else { continue }
                counters[header.cpu].append(payload.span, at: header.timestamp)
                records[header.cpu] += 1
                left -= 1
                if type != lastType { types.insert(type) }
                lastType = type
            case .lost(let cpu, let count): counters[cpu].append(lost: count)
            case .empty, .ended: left = 0
            }
        }
        // One to spare: a writer that overtakes the reader has it begin a page in the middle.
        for (lane, counter) in counters.enumerated() where records[lane] > 0 { pages[lane] = counter.total + 1 }
    }
}

/// Counts the pages of one lane by filling one of them again and again.
private final class PageCounter {
    private var encoder = SubBufferEncoder()
    private var scratch = ByteBuffer()
    private var taken: UInt64 = 0

    func append(_ payload: Span<UInt8>, at time: UInt64) {
        if encoder.append(payload, at: time) { return }
        take()
        _ = encoder.append(payload, at: time)
    }

    func append(lost count: UInt64) {
        if !encoder.isEmpty { take() }
        encoder.markLost(count)
    }

    var total: UInt64 { taken + (encoder.isEmpty ? 0 : 1) }

    private func take() {
        scratch.removeAll()
        encoder.take(into: &scratch)
        taken += 1
    }
}

/// The pages of one lane while they are sent: as many as were announced.
private struct LanePages: ~Copyable {
    private var cursor: TraceCursor
    private var encoder: SubBufferEncoder
    private var payload = ByteBuffer()
    private var pagesLeft: UInt64
    private var recordsLeft: UInt64
    /// The time of a record that is in `payload` and went onto no page yet.
    private var waiting: UInt64?
    /// Records that went before the next page.
    private var lost: UInt64 = 0

    init(cursor: consuming TraceCursor, pageSize: Int, pages: UInt64, records: UInt64) {
        self.cursor = cursor
        encoder = SubBufferEncoder(size: pageSize)
        pagesLeft = pages
        recordsLeft = records
    }

    /// Appends the next page.
    ///
    /// - Returns: false where the lane is at its end.
    mutating func next(into out: inout ByteBuffer, _ events: inout MetEvents) -> Bool {
        guard pagesLeft > 0 else { return false }
        pagesLeft -= 1
        if lost > 0 {
            encoder.markLost(lost)
            lost = 0
        }
        if let time = waiting {
            waiting = nil
            _ = encoder.append(payload.span, at: time)
        }
        fill(&events)
        encoder.take(into: &out)
        return true
    }

    /// Fills the page as far as it goes; one that stays empty is one that is no longer needed.
    private mutating func fill(_ events: inout MetEvents) {
        while recordsLeft > 0 {
            switch cursor.step(into: &payload) {
            case .record(let header):
                guard events.wants(RecordCommon(of: payload.span).type, at: header.timestamp) else { continue }
                recordsLeft -= 1
                if encoder.append(payload.span, at: header.timestamp) { continue }
                waiting = header.timestamp
                return
            case .lost(_, let count):
                if encoder.isEmpty {
                    encoder.markLost(count)
                } else {
                    lost = count
                    return
                }
            case .empty, .ended: recordsLeft = 0
            }
        }
    }
}
