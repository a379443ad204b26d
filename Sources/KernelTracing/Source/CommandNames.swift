internal import SystemPackage
internal import TraceEngine

/// The names of the kernel's tasks: what `saved_cmdlines` says, and `/proc` for those that it does not know yet.
///
/// The kernel saves a task's name when it is switched away from after an event. Belongs to its owner's lock.
struct CommandNames {
    /// Tasks that `/proc` is asked for in one go, at most.
    private static let askedMax = 64

    private let tracefs: any Tracefs
    /// Pids mean the same in `/proc` as in the kernel's records only outside any pid namespace.
    private let hasProc: Bool
    private var known: Set<Int32> = []
    /// Asked for in vain since ``begin()``.
    private var unknown: Set<Int32> = []
    private var hasRead = false
    private var readAt: UInt64 = 0

    init(from tracefs: any Tracefs) {
        self.tracefs = tracefs
        hasProc = PidNamespace.isInitial
    }

    /// A new round: what is missing may be asked for again.
    mutating func begin() {
        unknown.removeAll(keepingCapacity: true)
        hasRead = false
    }

    /// Whether a task must be asked for.
    func misses(_ pid: Int32) -> Bool { pid != 0 && !known.contains(pid) && !unknown.contains(pid) }

    /// Asks for tasks, the kernel once a round.
    mutating func ask(for pids: [Int32], _ tasks: SavedTasks) {
        if !hasRead { read(into: tasks) }
        for pid in pids where misses(pid) {
            guard hasProc, unknown.count < Self.askedMax,
                let bytes = try? TracefsDirectory(root: "/proc").read("\(pid)/comm"), !bytes.isEmpty
            else {
                unknown.insert(pid)
                continue
            }
            let comm = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
            tasks.save(kernelTasks: [TraceTask(pid: pid, comm: comm)])
            known.insert(pid)
        }
    }

    /// Reads all names, for a task may have another since (execve); 0.2 ms for a hundred.
    ///
    /// - Parameters:
    ///   - age: only if they were not read for so long, ns.
    ///   - tasks: takes them.
    mutating func renew(ifOlderThan age: UInt64 = 0, _ tasks: SavedTasks) {
        if Descriptor.now - readAt >= age { read(into: tasks) }
    }

    private mutating func read(into tasks: SavedTasks) {
        hasRead = true
        readAt = Descriptor.now
        guard let bytes = try? tracefs.read("saved_cmdlines") else { return }
        let found = Self.parse(bytes)
        tasks.save(kernelTasks: found)
        known = Set(found.map(\.pid))
    }

    /// Lines `PID COMM`; a name may hold spaces.
    static func parse(_ bytes: [UInt8]) -> [TraceTask] {
        bytes.split(separator: 0x0A).compactMap { line in
            guard let space = line.firstIndex(of: 0x20),
                let pid = Int32(String(decoding: line[..<space], as: UTF8.self)), pid > 0
            else { return nil }
            return TraceTask(pid: pid, comm: String(decoding: line[(space + 1)...], as: UTF8.self))
        }
    }
}
