internal import Locking
internal import Synchronization

/// The names of the tasks that wrote records, by pid: the kernel's `saved_cmdlines`.
///
/// A connection without a process has its number for a pid, which is also that of some task of the kernel's: so the
/// kernel's tasks stand in a table of their own. Both are bounded: the task that was saved first is forgotten for a new
/// one. Any thread; the locks protect a table each and are taken alone.
public final class SavedTasks: Sendable {
    /// Tasks of the kernel that are remembered: some more than it remembers itself, as a rule.
    static let kernelCapacity = 32_768

    fileprivate struct Table {
        private(set) var capacity: Int
        var places: [Int32: Int] = [:]
        var tasks: [TraceTask] = []
        var oldest = 0

        init(capacity: Int) { self.capacity = capacity }
    }

    /// The largest number of tasks that the kernel takes.
    public static let capacityMax = 32_768

    private let local: Locked<Table>
    /// Whether thread groups are told.
    private let tellsTgids = Atomic<Bool>(false)
    private let kernel = Locked(Table(capacity: kernelCapacity))

    init(capacity: Int) { local = Locked(Table(capacity: max(capacity, 1))) }

    /// Remembers a task; a name of more than 15 bytes is cut. About 40 ns for one that is known.
    func save(_ task: TraceTask) {
        guard task.pid != 0 else { return }
        local.withLock { $0.save(task) }
    }

    /// Remembers tasks of the kernel.
    public func save(kernelTasks tasks: [TraceTask]) {
        kernel.withLock { table in
            for task in tasks where task.pid != 0 { table.save(task) }
        }
    }

    /// The name of a task: `<idle>` for pid 0, `<...>` for one that is not known.
    ///
    /// - Parameters:
    ///   - pid: its number.
    ///   - source: whose record has that number; one of ours that is not known here is looked up among the kernel's.
    /// - Returns: at most 15 bytes.
    public func comm(forPID pid: Int32, source: TraceSource = .local) -> String {
        if pid == 0 { return "<idle>" }
        if source == .local, let comm = local.withLock({ $0.comm(of: pid) }) { return comm }
        return kernel.withLock { $0.comm(of: pid) } ?? "<...>"
    }

    /// The thread group of a task, which is the task itself; nil for one that is not known, and until an instance asked
    /// for them by the option `record-tgid`.
    public func tgid(ofPID pid: Int32) -> Int32? {
        recordsTgids && local.withLock { $0.places[pid] != nil } ? pid : nil
    }

    /// Whether an instance ever asked for thread groups.
    public internal(set) var recordsTgids: Bool {
        get { tellsTgids.load(ordering: .relaxed) }
        set { tellsTgids.store(newValue, ordering: .relaxed) }
    }

    /// How many tasks of ours are remembered at most. Fewer than there are forget those that were saved first.
    ///
    /// `saved_cmdlines_size`: 1 to ``capacityMax``, which the caller sees to.
    public var capacity: Int {
        get { local.withLock { $0.capacity } }
        set { local.withLock { $0.resize(to: max(newValue, 1)) } }
    }

    /// All that are known, in the order in which they were saved: first ours, then the kernel's.
    public var all: [TraceTask] { local.withLock { $0.all } + kernel.withLock { $0.all } }
}

extension SavedTasks.Table {
    fileprivate mutating func save(_ task: TraceTask) {
        if let place = places[task.pid] {
            if tasks[place].comm != task.comm { tasks[place] = Self.cut(task) }
        } else if tasks.count < capacity {
            places[task.pid] = tasks.count
            tasks.append(Self.cut(task))
        } else {
            places[tasks[oldest].pid] = nil
            places[task.pid] = oldest
            tasks[oldest] = Self.cut(task)
            oldest = (oldest + 1) % capacity
        }
    }

    fileprivate mutating func resize(to capacity: Int) {
        let ordered = all
        self.capacity = capacity
        tasks = Array(ordered.suffix(capacity))
        oldest = 0
        places = [:]
        for (place, task) in tasks.enumerated() { places[task.pid] = place }
    }

    fileprivate func comm(of pid: Int32) -> String? { places[pid].map { tasks[$0].comm } }

    fileprivate var all: [TraceTask] { Array(tasks[oldest...] + tasks[..<oldest]) }

    private static func cut(_ task: TraceTask) -> TraceTask {
        guard task.comm.utf8.count > 15 else { return task }
        return TraceTask(pid: task.pid, comm: String(decoding: task.comm.utf8.prefix(15), as: UTF8.self))
    }
}
