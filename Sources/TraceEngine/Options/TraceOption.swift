/// An option of `trace_options`, by its name there, in the order in which the kernel lists them.
public enum TraceOption: String, CaseIterable, Sendable {
    /// Of the function tracer, which is not here.
    case printParent = "print-parent"
    /// A function's offset beside its name.
    case symOffset = "sym-offset"
    /// A function's address beside its name.
    case symAddr = "sym-addr"
    /// No column header, types in system calls, long lines in the latency format.
    case verbose
    /// Numbers only.
    case raw
    /// Hexadecimal bytes only.
    case hex
    /// Bytes only.
    case bin
    /// Has poll say that there is something to read, always.
    case block
    /// Bare fields instead of the print fmt.
    case fields
    /// Whether the kernel's `trace_printk` is recorded: kept and shown.
    case tracePrintk = "trace_printk"
    /// A line where a CPU's records begin, once some were overwritten.
    case annotate
    /// A record of the task's stack behind each event's.
    case userStackTrace = "userstacktrace"
    /// Names of objects in the task's stack.
    case symUserObject = "sym-userobj"
    /// Markers without their context.
    case printkMessageOnly = "printk-msg-only"
    /// Task, CPU and time before the event.
    case contextInfo = "context-info"
    /// The format of the latency tracers.
    case latencyFormat = "latency-format"
    /// Whether names of tasks are kept.
    case recordCommand = "record-cmd"
    /// Whether thread groups of tasks are kept and shown.
    case recordTgid = "record-tgid"
    /// Whether a full buffer gives up its oldest sub-buffer.
    case overwrite
    /// Whether `free_buffer` turns tracing off.
    case disableOnFree = "disable_on_free"
    /// The column of five flags.
    case irqInfo = "irq-info"
    /// Whether `trace_marker` takes anything.
    case markers
    /// Whether children of the tasks in `set_event_pid` are added: nothing forks here.
    case eventFork = "event-fork"
    /// Where `trace_printk` goes: exactly one instance has it.
    case tracePrintkDestination = "trace_printk_dest"
    /// Whether what is written to the top `trace_marker` is recorded here.
    case copyTraceMarker = "copy_trace_marker"
    /// Whether recording pauses while `trace` is read.
    case pauseOnTrace = "pause-on-trace"
    /// Whether pointers are hashed: kept and shown.
    case hashPointer = "hash-ptr"
    /// Of the function tracer, which is not here.
    case functionTrace = "function-trace"
    /// Of the function tracer, which is not here.
    case functionFork = "function-fork"
    /// A record of the kernel's stack behind each event's.
    case stackTrace = "stacktrace"

    /// Whether `options/` of an instance has no file for it.
    public var isTopOnly: Bool { self == .tracePrintk || self == .printkMessageOnly || self == .recordCommand }
}

/// A set of options: one bit each, in the order of their names in `trace_options`.
public struct TraceOptions: OptionSet, Sendable {
    /// A bit an option.
    public let rawValue: UInt64

    /// Makes a set from its bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The set of one option.
    public init(_ option: TraceOption) { rawValue = 1 << UInt64(Self.place(of: option)) }

    /// The set of several.
    public init(_ options: TraceOption...) { self = options.reduce(into: []) { $0.insert(TraceOptions($1)) } }

    /// Whether an option is in it.
    public func has(_ option: TraceOption) -> Bool { contains(TraceOptions(option)) }

    /// What the top instance begins with.
    static let topDefault = TraceOptions(
        .printParent, .tracePrintk, .annotate, .contextInfo, .recordCommand, .overwrite, .irqInfo, .markers,
        .tracePrintkDestination, .copyTraceMarker, .hashPointer, .functionTrace)

    /// What a new instance does not take over from the top one.
    static let notInherited = TraceOptions(.eventFork, .functionFork, .tracePrintkDestination, .copyTraceMarker)

    private static func place(of option: TraceOption) -> Int {
        switch option {
        case .printParent: 0
        case .symOffset: 1
        case .symAddr: 2
        case .verbose: 3
        case .raw: 4
        case .hex: 5
        case .bin: 6
        case .block: 7
        case .fields: 8
        case .tracePrintk: 9
        case .annotate: 10
        case .userStackTrace: 11
        case .symUserObject: 12
        case .printkMessageOnly: 13
        case .contextInfo: 14
        case .latencyFormat: 15
        case .recordCommand: 16
        case .recordTgid: 17
        case .overwrite: 18
        case .disableOnFree: 19
        case .irqInfo: 20
        case .markers: 21
        case .eventFork: 22
        case .tracePrintkDestination: 23
        case .copyTraceMarker: 24
        case .pauseOnTrace: 25
        case .hashPointer: 26
        case .functionTrace: 27
        case .functionFork: 28
        case .stackTrace: 29
        }
    }
}
