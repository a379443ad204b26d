internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files about tasks: whose records an instance takes, and what the tasks are called.
struct TaskFiles {
    let tasks: SavedTasks

    static let traced = pids(
        untraced: false, summary: "Only records of these tasks are taken; a write adds, one with truncation replaces.")

    static let untraced = pids(
        untraced: true, summary: "No records of these tasks are taken; a write adds, one with truncation replaces.")

    private static func pids(untraced: Bool, summary: String) -> File<TraceInstance> {
        .attribute(
            mode: 0o640, summary: summary,
            value: { context in
                .list((untraced ? context.untracedTasks : context.tracedTasks).map { .integer(Int64($0)) })
            },
            write: { context, bytes, request throws(Failure) in
                if !request.appends {
                    try engine { () throws(Errno) in try context.clearTasks(untraced: untraced) }
                }
                try engine(.content, { $0 == .notPermitted ? "there is no such pid" : "pids are expected" }) {
                    () throws(Errno) in try context.addTasks(bytes, untraced: untraced)
                }
            },
            releases: { $0.trimmed.isEmpty })
    }

    var commandLines: File<TraceInstance> {
        .attribute(
            mode: 0o440, summary: "The names of the tasks that wrote records.",
            value: { [tasks] _ in
                .list(
                    Self.named(tasks).map {
                        .record([.init("pid", .integer(Int64($0.pid))), .init("comm", .text($0.comm))])
                    })
            },
            text: { [tasks] _, out throws(Failure) in
                for task in Self.named(tasks) {
                    out.append(decimal: task.pid)
                    out.append(0x20)
                    out.append(task.comm)
                    out.append(0x0A)
                }
            })
    }

    /// Those that said who they are.
    private static func named(_ tasks: SavedTasks) -> [TraceTask] { tasks.all.filter { $0.comm != "<...>" } }

    var commandLinesSize: File<TraceInstance> {
        .attribute(
            mode: 0o640, summary: "How many names of tasks are remembered; those saved first are forgotten first.",
            value: { [tasks] _ in .unsigned(UInt64(tasks.capacity)) },
            write: { [tasks] _, bytes, _ throws(Failure) in
                let size = try KernelNumber.unsigned(bytes)
                guard size > 0, size <= UInt64(SavedTasks.capacityMax) else {
                    throw Failure(
                        .invalidArgument, "there are 1 to \(SavedTasks.capacityMax) of them", subject: .content)
                }
                tasks.capacity = Int(size)
            })
    }

    var threadGroups: File<TraceInstance> {
        .attribute(
            mode: 0o440, summary: "The thread groups of those tasks, once an instance has the option record-tgid.",
            value: { [tasks] _ in
                .list(
                    Self.groups(tasks).map {
                        .record([.init("pid", .integer(Int64($0.pid))), .init("tgid", .integer(Int64($0.tgid)))])
                    })
            },
            text: { [tasks] _, out throws(Failure) in
                for group in Self.groups(tasks) {
                    out.append(decimal: group.pid)
                    out.append(0x20)
                    out.append(decimal: group.tgid)
                    out.append(0x0A)
                }
            })
    }

    private static func groups(_ tasks: SavedTasks) -> [(pid: Int32, tgid: Int32)] {
        tasks.all.map(\.pid).sorted().compactMap { pid in tasks.tgid(ofPID: pid).map { (pid, $0) } }
    }
}
