internal import Bytes
public import TraceEngine

/// What showing an event's records needs beside the records: made once for an event, used for each of its records.
///
/// ```swift
/// let event = TraceEventDescription(system: "sched", name: "sched_switch", format: format)
/// FtraceText().append(payload, of: event, header: header, comm: "bash", to: &out)
/// ```
///
/// An immutable value; any thread may use it.
public struct TraceEventDescription: Sendable {
    /// What form its line has in the text of `trace`.
    enum Form: Sendable {
        /// `name: ` and the print fmt.
        case printed
        /// What was written to `trace_marker`.
        case marker
        /// What was written to `trace_marker_raw`.
        case rawMarker
        /// The stack of the kernel or of a task, behind another record.
        case stack
        /// `sys_read(fd: 3, …)`, as the kernel prints system calls whatever their print fmt says.
        case syscallEntry
        /// `sys_read -> 0x5`
        case syscallExit
    }

    /// The system: `sched`.
    public let system: String
    /// The event: `sched_switch`.
    public let name: String
    /// What its records look like.
    public let format: EventFormat
    let form: Form
    /// `"event":"sched/sched_switch","fields":`
    let json: [UInt8]
    /// `sched_switch: `, or for a system call `sys_read`.
    let heading: [UInt8]

    /// Describes an event.
    ///
    /// - Parameters:
    ///   - system: as in the tree; `ftrace/print` and `ftrace/raw_data` are the markers.
    ///   - name: as in the tree.
    ///   - format: its records.
    public init(system: String, name: String, format: EventFormat) {
        self.system = system
        self.name = name
        self.format = format
        form = Self.form(system: system, name: name, format: format)
        switch form {
        case .syscallEntry: heading = Array("sys_\(name.dropFirst(10))".utf8)
        case .syscallExit: heading = Array("sys_\(name.dropFirst(9))".utf8)
        case .marker: heading = Array("tracing_mark_write: ".utf8)
        case .stack: heading = Array((name == "user_stack" ? "<user stack trace>\n" : "<stack trace>\n").utf8)
        default: heading = Array("\(name): ".utf8)
        }
        var out = ByteBuffer()
        out.append("\"event\":")
        out.append(jsonString: "\(system)/\(name)")
        out.append(",\"fields\":")
        json = out.array
    }

    /// Describes the records that stand behind others where the options `stacktrace` and `userstacktrace` are set; nil
    /// for any other type.
    public static func stack(ofType id: UInt16) -> TraceEventDescription? {
        let name: String
        let first: String
        switch id {
        case 4: (name, first) = ("kernel_stack", "int size;\toffset:8;\tsize:4;\tsigned:1")
        case 13: (name, first) = ("user_stack", "unsigned int tgid;\toffset:8;\tsize:4;\tsigned:0")
        default: return nil
        }
        let text = """
            name: \(name)
            ID: \(id)
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:\(first);
            \tfield:unsigned long caller[8];\toffset:16;\tsize:64;\tsigned:0;

            print fmt: "%lx", REC->caller[0]

            """
        guard let format = try? EventFormat(parsing: text.utf8Span.span) else { return nil }
        return TraceEventDescription(system: "ftrace", name: name, format: format)
    }

    private static func form(system: String, name: String, format: EventFormat) -> Form {
        switch (system, name) {
        case ("ftrace", "print"): return .marker
        case ("ftrace", "raw_data"): return .rawMarker
        case ("ftrace", "kernel_stack"), ("ftrace", "user_stack"): return .stack
        case ("syscalls", _) where format.fields.first?.name == "__syscall_nr":
            if name.hasPrefix("sys_enter_") { return .syscallEntry }
            return name.hasPrefix("sys_exit_") && format.fields.count > 1 ? .syscallExit : .printed
        default: return .printed
        }
    }
}
