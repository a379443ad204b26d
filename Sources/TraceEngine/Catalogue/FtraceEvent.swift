/// The events of `ftrace/`, whose ids are fixed: those of Linux 6.18.
public enum FtraceEvent {
    /// The record of `trace_marker`.
    public static let print: UInt16 = 5
    /// The record of `trace_marker_raw`.
    public static let rawData: UInt16 = 19

    /// The record of the kernel's stack, behind an event's.
    static let kernelStack: UInt16 = 4
    /// The record of a task's stack, behind an event's.
    static let userStack: UInt16 = 13
    /// The first id that is none of theirs.
    static let end: UInt16 = 32

    private static let names: [UInt16: String] = [
        1: "function", 2: "context_switch", 3: "wakeup", 4: "kernel_stack", 5: "print", 6: "bprint",
        7: "mmiotrace_rw", 8: "mmiotrace_map", 9: "branch", 10: "funcgraph_exit", 11: "funcgraph_entry",
        12: "fgraph_retaddr_entry", 13: "user_stack", 14: "blk", 15: "bputs", 16: "hwlat", 17: "osnoise",
        18: "timerlat", 19: "raw_data", 20: "func_repeats",
    ]

    /// The id of a name, or nil.
    public static func id(named name: String) -> UInt16? { names.first { $0.value == name }?.key }
}
