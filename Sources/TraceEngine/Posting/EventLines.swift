internal import Bytes
internal import SystemPackage

/// Events as lines of JSON, on their way into the buffers.
///
/// A line is read in one of two ways. The lean one takes what programs write all day in one pass, straight into the
/// record, without a tree and without memory of its own: members once, `event` before `fields`, integers, text. What is
/// not so simple it leaves to the general one, ``PostedEvent`` and ``EventFormat/encode(_:common:)``, which decides
/// what is right and says what is wrong. A seeded test holds one against the other.
struct EventLines: ~Copyable {
    private let lane: Int
    private var plans: MetPlans
    private var run: RecordRun
    /// The event that was met last.
    private var current = LinePlan()
    /// The records of the run.
    private var bytes = ByteBuffer(capacity: 16384)
    /// How many lines were taken the general way.
    private(set) var generalCount = 0
    /// Whether the lean way is taken at all; a test says no.
    private let isLean: Bool

    /// An event is looked at anew after so many lines: it may have gone, or be wanted now.
    private static let trustMax = 256
    /// Records are written once they fill so much.
    private static let bytesMax = 65536

    init(engine: TraceEngine, caller: TraceTask, lane: Int, isLean: Bool = true) {
        self.lane = lane
        self.isLean = isLean
        plans = MetPlans(engine: engine)
        run = RecordRun(engine: engine, caller: caller, lane: lane)
    }

    /// Takes a body line by line; empty ones count as lines and are passed over.
    ///
    /// - Throws: why a line is none, with its number; those before it are written.
    mutating func take(_ body: Span<UInt8>) throws(PostRefusal) {
        var number = 0
        var written = 0
        var start = 0
        while start < body.count {
            let end = body.firstIndex(of: 0x0A, from: start) ?? body.count
            let line = body.extracting(start..<end).trimmed
            number += 1
            start = end + 1
            if line.isEmpty { continue }
            if written % Self.trustMax == 0 { current.forget() }
            do throws(PostRefusal) {
                if try !takeLean(line) { try takeGenerally(line) }
            } catch {
                publish()
                var refusal = error
                (refusal.number, refusal.written) = (number, written)
                throw refusal
            }
            written += 1
        }
        publish()
    }

    private mutating func publish() {
        run.publish(of: bytes)
        bytes.removeAll()
    }

    /// Adds the record that stands at the end of the bytes.
    private mutating func add(_ id: UInt16, from start: Int, pid: Int32, timestamp: UInt64?, lane: Int) {
        let record = RunRecord(
            event: id, isTimed: timestamp != nil, pid: pid, timestamp: timestamp ?? 0, start: start,
            count: bytes.count - start)
        if run.add(record, lane: lane, of: bytes) || bytes.count > Self.bytesMax { publish() }
    }

    // MARK: the general way

    private mutating func takeGenerally(_ line: Span<UInt8>) throws(PostRefusal) {
        generalCount += 1
        let posted: PostedEvent
        do throws(JSONError) {
            posted = try PostedEvent(line)
        } catch {
            throw PostRefusal(.invalidArgument, "at byte \(error.offset): \(error.reason)")
        }
        guard let known = try plans.find(named: posted.event.utf8Span.span) else {
            throw PostRefusal(.noSuchFileOrDirectory, "there is no event \(posted.event)")
        }
        guard known.event.isWanted else { return }
        let pid = posted.pid ?? run.caller.pid
        let record: [UInt8]
        do throws(RecordError) {
            record = try known.plan.format.encode(posted.fields, common: RecordCommon(type: known.event.id, pid: pid))
        } catch {
            throw PostRefusal(error)
        }
        guard record.count <= SubBuffer.payloadMax else {
            throw PostRefusal(
                .invalidArgument, "a record has at most \(SubBuffer.payloadMax) bytes, not \(record.count)")
        }
        if let comm = posted.comm {
            run.save(pid, comm: comm.utf8Span.span, of: bytes)
        } else {
            run.save(pid, of: bytes)
        }
        let start = bytes.count
        bytes.append(record.span)
        add(known.event.id, from: start, pid: pid, timestamp: posted.timestamp, lane: posted.cpu ?? lane)
    }

    // MARK: the lean way

    /// Takes a line, or leaves everything as it was and says false.
    ///
    /// - Throws: EINVAL where the format of its event does not parse.
    private mutating func takeLean(_ line: Span<UInt8>) throws(PostRefusal) -> Bool {
        guard isLean else { return false }
        let start = bytes.count
        var head = LineHead()
        guard try takeMembers(of: line, into: &head), head.isFound else {
            bytes.truncate(to: start)
            return false
        }
        guard head.hasRecord || current.appendEmpty(to: &bytes) else {
            bytes.truncate(to: start)
            return false
        }
        guard current.isWanted else {
            bytes.truncate(to: start)
            return true
        }
        let pid = head.pid ?? run.caller.pid
        if let comm = head.comm {
            run.save(pid, comm: line.extracting(comm), of: bytes)
        } else {
            run.save(pid, of: bytes)
        }
        add(current.id, from: start, pid: pid, timestamp: head.timestamp, lane: head.cpu ?? lane)
        return true
    }

    /// Makes the event of a name the current one.
    @inline(__always)
    private mutating func meet(_ name: Span<UInt8>) throws(PostRefusal) -> Bool {
        current.isCalled(name) ? true : try meetAnother(name)
    }

    @inline(never)
    private mutating func meetAnother(_ name: Span<UInt8>) throws(PostRefusal) -> Bool {
        guard let known = try plans.find(named: name) else { return false }
        return current.load(known)
    }

    private mutating func takeMembers(of line: Span<UInt8>, into head: inout LineHead) throws(PostRefusal) -> Bool {
        var offset = 0
        guard line.take(0x7B, at: &offset) else { return false }
        repeat {
            guard let name = line.takePlainString(at: &offset), line.take(0x3A, at: &offset),
                let member = LineHead.Member(name, in: line), head.seen.insert(member).inserted
            else { return false }
            switch member {
            case .event:
                guard let text = line.takePlainString(at: &offset), try meet(line.extracting(text)) else {
                    return false
                }
                head.isFound = true
            case .fields:
                guard head.isFound, current.append(fieldsIn: line, at: &offset, to: &bytes) else { return false }
                head.hasRecord = true
            default: guard head.take(member, in: line, at: &offset) else { return false }
            }
        } while line.take(0x2C, at: &offset)
        guard line.take(0x7D, at: &offset) else { return false }
        line.skipSpace(at: &offset)
        return offset == line.count
    }
}

/// What a line says beside the event's fields.
struct LineHead {
    /// The members of a line, a bit each.
    struct Member: OptionSet {
        let rawValue: UInt8
        static let event = Member(rawValue: 1)
        static let fields = Member(rawValue: 2)
        static let timestamp = Member(rawValue: 4)
        static let cpu = Member(rawValue: 8)
        static let pid = Member(rawValue: 16)
        static let comm = Member(rawValue: 32)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The member whose name stands in a line; nil for one that there is not.
        ///
        /// Names are compared as words, their first byte the lowest: a line has two of them at least.
        @inline(__always)
        init?(_ name: Range<Int>, in line: Span<UInt8>) {
            switch (name.count, line.number(at: name.lowerBound, size: min(name.count, 8))) {
            case (5, 0x74_6E65_7665): self = .event
            case (6, 0x7364_6C65_6966): self = .fields
            case (3, 0x75_7063): self = .cpu
            case (3, 0x64_6970): self = .pid
            case (4, 0x6D6D_6F63): self = .comm
            case (12, 0x6D61_7473_656D_6974) where line.number(at: name.upperBound - 4, size: 4) == 0x736E_5F70:
                self = .timestamp
            default: return nil
            }
        }
    }

    var seen: Member = []
    /// Whether the event is known.
    var isFound = false
    /// Whether its record was made.
    var hasRecord = false
    var timestamp: UInt64?
    var cpu: Int?
    var pid: Int32?
    var comm: Range<Int>?

    /// Takes the value of a member that is not about the event.
    ///
    /// - Returns: false where it is not of the simple kind.
    mutating func take(_ member: Member, in line: Span<UInt8>, at offset: inout Int) -> Bool {
        if member == .comm {
            comm = line.takePlainString(at: &offset)
            return comm != nil
        }
        guard let (magnitude, isNegative) = line.takeInteger(at: &offset) else { return false }
        switch member {
        case .pid:
            guard magnitude <= UInt64(Int32.max) else { return false }
            pid = isNegative ? -Int32(magnitude) : Int32(magnitude)
            return true
        case .cpu:
            guard !isNegative, magnitude <= UInt64(UInt16.max) else { return false }
            cpu = Int(magnitude)
            return true
        default:
            guard !isNegative else { return false }
            timestamp = magnitude
            return true
        }
    }
}
