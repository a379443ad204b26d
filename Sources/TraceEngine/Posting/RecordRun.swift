internal import Bytes

/// One record of a run: where it stands in bytes that somebody else has, and what goes with it.
struct RunRecord: BitwiseCopyable, Sendable {
    let event: UInt16
    let isTimed: Bool
    let pid: Int32
    /// ns of the instances' clocks; of no meaning unless ``isTimed``.
    let timestamp: UInt64
    let start: Int
    let count: Int
}

/// Records of one CPU lane, gathered so that many are written under one lock, by one look at the clock.
///
/// Whoever gathers publishes at the end, and before it refuses anything: a run that is dropped is lost.
struct RecordRun: ~Copyable {
    private let engine: TraceEngine
    /// Who wrote those that say nothing else.
    let caller: TraceTask
    private var lane: Int
    private var records: [RunRecord] = []
    /// The tasks saved since the run began: its records are shown, and filtered, under these names.
    private var saved: [TraceTask] = []
    private var lastPID: Int32 = 0
    private var lastIsCallers = false

    /// A lane's lock is held for so many records at most: some 10 us.
    private static let countMax = 256
    private static let savedMax = 16

    init(engine: TraceEngine, caller: TraceTask, lane: Int) {
        self.engine = engine
        self.caller = caller
        self.lane = lane
        records.reserveCapacity(Self.countMax)
    }

    /// Whether nothing was gathered since the last publishing.
    var isEmpty: Bool { records.isEmpty }

    /// Adds a record.
    ///
    /// - Parameters:
    ///   - record: which; its bytes are among those of the whole run.
    ///   - lane: the CPU lane, taken modulo their number. Another one than that of the run publishes the run first.
    ///   - bytes: those of the whole run.
    /// - Returns: whether the run was published, this record with it.
    @inline(__always)
    mutating func add(_ record: RunRecord, lane: Int, of bytes: Span<UInt8>) -> Bool {
        if lane != self.lane {
            publish(of: bytes)
            self.lane = lane
        }
        records.append(record)
        guard records.count == Self.countMax else { return false }
        publish(of: bytes)
        return true
    }

    /// Writes what was gathered into every instance that wants it.
    mutating func publish(of bytes: Span<UInt8>) {
        if records.isEmpty { return }
        engine.context.publish(records.span, of: bytes, lane: lane % engine.lanes)
        records.removeAll(keepingCapacity: true)
    }

    /// Sees to it that a task of the caller's name is known.
    @inline(__always)
    mutating func save(_ pid: Int32, of bytes: Span<UInt8>) {
        if lastIsCallers, pid == lastPID { return }
        save(TraceTask(pid: pid, comm: caller.comm), of: bytes)
        lastIsCallers = true
        lastPID = pid
    }

    /// Sees to it that a task is known.
    ///
    /// - Parameters:
    ///   - pid: its number.
    ///   - comm: its name, UTF-8.
    ///   - bytes: those of the run, which is published first where one of its records has this pid under another name.
    mutating func save(_ pid: Int32, comm: Span<UInt8>, of bytes: Span<UInt8>) {
        lastIsCallers = false
        for task in saved where task.pid == pid && comm.equals(task.comm) { return }
        save(TraceTask(pid: pid, comm: String(repairing: comm)), of: bytes)
    }

    private mutating func save(_ task: TraceTask, of bytes: Span<UInt8>) {
        if let known = saved.firstIndex(where: { $0.pid == task.pid }) {
            if saved[known].comm == task.comm { return }
            publish(of: bytes)
            saved[known] = task
        } else {
            if saved.count == Self.savedMax {
                publish(of: bytes)
                saved.removeAll(keepingCapacity: true)
            }
            saved.append(task)
        }
        engine.tasks.save(task)
    }
}

/// The same for whoever keeps the bytes beside the run.
extension RecordRun {
    @inline(__always)
    mutating func add(_ record: RunRecord, lane: Int, of bytes: borrowing ByteBuffer) -> Bool {
        add(record, lane: lane, of: bytes.span)
    }

    mutating func publish(of bytes: borrowing ByteBuffer) { publish(of: bytes.span) }

    @inline(__always)
    mutating func save(_ pid: Int32, of bytes: borrowing ByteBuffer) { save(pid, of: bytes.span) }

    mutating func save(_ pid: Int32, comm: Span<UInt8>, of bytes: borrowing ByteBuffer) {
        save(pid, comm: comm, of: bytes.span)
    }
}
