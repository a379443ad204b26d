internal import Bytes
internal import SystemPackage

/// Events as packed records, `application/vnd.jitfs.events`, on their way into the buffers.
///
/// Little-endian, without gaps. First the head of the body, 8 bytes: `jtev`, u16 version (1), u16 0. Then records:
///
/// | bytes | |
/// |---|---|
/// | 2 | how many bytes the event's record has, 8 to 4072 |
/// | 1 | what stands before it: 1 a timestamp, 2 a CPU, 3 both |
/// | 1 | 0 |
/// | 8, if it is there | ns of the instances' clocks; otherwise the record is of now |
/// | 4, if it is there | the CPU lane; otherwise that of the connection |
/// | as said | the record as the event's `format` lays it out, from `common_type`, the event's `id`, on |
///
/// `common_pid` 0 is the caller's, `common_flags` and `common_preempt_count` are 0. A record is written from where it
/// stands in the body: nothing is copied before the ring buffer.
struct PackedEvents: ~Copyable {
    private let lane: Int
    private var plans: MetPlans
    private var run: RecordRun
    /// The event that was met last, its id above any other where there is none.
    private var currentID = UInt32.max
    private var check = RecordCheck(fixedSize: 0, [])
    private var isWanted = false

    /// An event is looked at anew after so many records: it may have gone, or be wanted now.
    private static let trustMax = 256
    /// Bytes of the body's head, and what they are.
    static let headSize = 8
    static let head: UInt64 = 0x0000_0001_7665_746A

    init(engine: TraceEngine, caller: TraceTask, lane: Int) {
        self.lane = lane
        plans = MetPlans(engine: engine)
        run = RecordRun(engine: engine, caller: caller, lane: lane)
    }

    /// Takes a body record by record.
    ///
    /// - Throws: why a record is none, with its number and its place; those before it are written.
    mutating func take(_ body: Span<UInt8>) throws(PostRefusal) {
        guard body.count >= Self.headSize, body.word(at: 0) == Self.head else {
            throw PostRefusal(.invalidArgument, "the body begins with jtev, version 1 and 0, as u16", offset: 0)
        }
        var offset = Self.headSize
        var written = 0
        while offset < body.count {
            if written % Self.trustMax == 0 { currentID = .max }
            do throws(PostRefusal) {
                try takeRecord(of: body, at: &offset)
            } catch {
                run.publish(of: body)
                var refusal = error
                (refusal.number, refusal.written) = (written + 1, written)
                refusal.offset = refusal.offset ?? offset
                throw refusal
            }
            written += 1
        }
        run.publish(of: body)
    }

    @inline(__always)
    private mutating func takeRecord(of body: Span<UInt8>, at offset: inout Int) throws(PostRefusal) {
        // The least there can be is a head and a common header; 8 of these bytes are looked at together.
        guard body.count - offset >= 12 else { throw PostRefusal(.invalidArgument, "the body ends within the record") }
        let word = body.word(at: offset)
        let count = Int(word & 0xFFFF)
        let flags = word >> 16 & 0xFFFF
        var start = offset + 4
        var timestamp: UInt64 = 0
        var cpu = lane
        if flags != 0 { try takeExtras(flags, of: body, at: &start, &timestamp, &cpu) }
        guard count >= RecordCommon.size, count <= SubBuffer.payloadMax else {
            throw PostRefusal(.invalidArgument, "a record has 8 to \(SubBuffer.payloadMax) bytes, not \(count)")
        }
        guard count <= body.count - start else {
            throw PostRefusal(.invalidArgument, "the body ends within the record")
        }
        let record = body.extracting(start..<(start + count))
        let common = record.word(at: 0)
        guard common & 0xFFFF_0000 == 0 else {
            throw PostRefusal(.invalidArgument, "common_flags and common_preempt_count are 0", offset: start + 2)
        }
        let id = UInt16(truncatingIfNeeded: common)
        if currentID != UInt32(id) { try meet(id, at: start) }
        if !check.passes(record) { try requireNoProblem(in: record, of: id, at: start) }
        offset = start + count
        guard isWanted else { return }
        let given = Int32(truncatingIfNeeded: common >> 32)
        let pid = given == 0 ? run.caller.pid : given
        run.save(pid, of: body)
        _ = run.add(
            RunRecord(event: id, isTimed: flags & 1 != 0, pid: pid, timestamp: timestamp, start: start, count: count),
            lane: cpu, of: body)
    }

    /// Makes an event the current one.
    @inline(never)
    private mutating func meet(_ id: UInt16, at place: Int) throws(PostRefusal) {
        guard let known = try plans.find(id: id) else {
            throw PostRefusal(.noSuchFileOrDirectory, "there is no event of the id \(id)", offset: place)
        }
        currentID = UInt32(id)
        check = known.plan.check
        isWanted = known.event.isWanted
    }

    @inline(never)
    private mutating func requireNoProblem(
        in record: Span<UInt8>, of id: UInt16, at place: Int
    ) throws(PostRefusal) {
        guard let problem = try plans.find(id: id)?.plan.problem(in: record) else { return }
        throw PostRefusal(.invalidArgument, problem.reason, offset: place + problem.offset)
    }

    @inline(never)
    private func takeExtras(
        _ flags: UInt64, of body: Span<UInt8>, at start: inout Int, _ timestamp: inout UInt64, _ cpu: inout Int
    ) throws(PostRefusal) {
        guard flags <= 3 else {
            throw PostRefusal(.invalidArgument, "behind the size stand 0 to 3, and 0", offset: start - 2)
        }
        let size = (flags & 1 != 0 ? 8 : 0) + (flags & 2 != 0 ? 4 : 0)
        guard body.count - start >= size + RecordCommon.size else {
            throw PostRefusal(.invalidArgument, "the body ends within the record")
        }
        if flags & 1 != 0 {
            timestamp = body.word(at: start)
            start += 8
        }
        if flags & 2 != 0 {
            // What follows has eight bytes at least.
            cpu = Int(truncatingIfNeeded: body.word(at: start) & 0xFFFF_FFFF)
            start += 4
        }
    }
}
