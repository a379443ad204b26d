public import Bytes
public import TraceEngine

/// The text of `trace` and `trace_pipe`, byte for byte as the kernel writes it.
///
/// ```swift
/// FtraceText().append(payload, of: event, header: header, comm: "jitrec", to: &out)
/// // "          jitrec-9802    [000] ...1.  2117.442121: ping: a=-5 b=7 s=\"hello\"\n"
/// ```
///
/// Holds options and no state: a line depends on its record alone, so that a stream can be cut anywhere between lines.
/// A line of `sched_switch` costs some 0.5 us.
public struct FtraceText: Sendable {
    /// The options of `trace_options` that change the text.
    public struct Options: Sendable, Equatable {
        /// `context-info`: task, CPU and time before the event.
        public var contextInfo = true
        /// `irq-info`: the column of five flags.
        public var irqInfo = true
        /// `record-tgid`: the column of the thread group.
        public var recordTgid = false
        /// `fields`: bare fields instead of the print fmt.
        public var fields = false
        /// `raw`: numbers only.
        public var raw = false
        /// `verbose`: no column header, types in system calls.
        public var verbose = false
        /// `hex`: bytes as hexadecimal digits only.
        public var hex = false
        /// `bin`: bytes only.
        public var bin = false
        /// `sym-offset`: an offset beside the name of a marker's function.
        public var symOffset = false
        /// `sym-addr`: an address beside it.
        public var symAddr = false
        /// `printk-msg-only`: markers without their context.
        public var messageOnly = false
        /// `latency-format`: the format of the latency tracers.
        public var latencyFormat = false
        /// What the latency format counts from, ns.
        public var startTime: UInt64 = 0
        /// Whether the clock counts nanoseconds; a counter is shown as it is.
        public var clockIsNanoseconds = true

        /// The kernel's defaults.
        public init() {}

        /// Those of an instance.
        ///
        /// - Parameters:
        ///   - options: what is set in `trace_options`.
        ///   - clock: the instance's clock.
        ///   - startTime: when its buffers were last cleared, ns.
        public init(_ options: TraceOptions, clock: TraceClock, startTime: UInt64 = 0) {
            contextInfo = options.has(.contextInfo)
            irqInfo = options.has(.irqInfo)
            recordTgid = options.has(.recordTgid)
            fields = options.has(.fields)
            raw = options.has(.raw)
            verbose = options.has(.verbose)
            hex = options.has(.hex)
            bin = options.has(.bin)
            symOffset = options.has(.symOffset)
            symAddr = options.has(.symAddr)
            messageOnly = options.has(.printkMessageOnly) && options.has(.tracePrintk)
            latencyFormat = options.has(.latencyFormat)
            self.startTime = startTime
            clockIsNanoseconds = clock.countsNanoseconds
        }
    }

    /// What is shown and what is not.
    public var options: Options

    /// Makes a renderer.
    public init(options: Options = Options()) { self.options = options }

    /// Appends the line of a record, with its newline.
    ///
    /// A marker brings its own newline, or none where a NUL ended it.
    ///
    /// - Parameters:
    ///   - payload: the record from `common_type` on; may be cut or damaged.
    ///   - event: whose record it is.
    ///   - header: its time and CPU.
    ///   - comm: the name of its task; `<...>` where it is not known.
    ///   - tgid: its thread group, for `record-tgid`.
    ///   - place: where it stands, for the latency format.
    ///   - out: where the line goes.
    public func append(
        _ payload: Span<UInt8>, of event: TraceEventDescription, header: TraceRecordHeader, comm: String,
        tgid: Int32? = nil, place: Place = Place(), to out: inout ByteBuffer
    ) {
        let common = RecordCommon(of: payload)
        let start = out.count
        if options.messageOnly, event.form == .marker { return append(text: payload, of: event, to: &out) }
        if options.bin { return append(binary: common, header, to: &out) }
        if options.hex { return append(hexadecimal: common, header, to: &out) }
        if options.raw {
            append(raw: payload, common, of: event, header, to: &out)
            return
        }
        if options.contextInfo {
            if options.latencyFormat {
                append(latencyContext: common, header, comm: comm, place, to: &out)
            } else {
                append(context: common, header, comm: comm, tgid: tgid, to: &out)
            }
        }
        if options.fields {
            append(fields: payload, common, of: event, to: &out)
            return
        }
        append(body: payload, of: event, from: start, to: &out)
    }

    /// Where a record stands among others, for the latency format.
    public struct Place: Sendable {
        /// Its number, the first being 1.
        public var index: UInt64
        /// The time of the record behind it, ns; nil where none is known.
        public var next: UInt64?

        /// Nowhere in particular.
        public init(index: UInt64 = 0, next: UInt64? = nil) {
            self.index = index
            self.next = next
        }
    }

    /// Appends the line where the records of a CPU begin, as the option `annotate` has it.
    public func append(startOf cpu: Int, to out: inout ByteBuffer) {
        out.append("##### CPU ")
        out.append(decimal: cpu)
        out.append(" buffer started ####\n")
    }

    /// Appends the line that stands where records were lost: `CPU:0 [LOST 580 EVENTS]`.
    ///
    /// - Parameters:
    ///   - count: how many; nil where that is not known.
    ///   - cpu: of which lane.
    ///   - out: where the line goes.
    public func append(lost count: UInt64?, cpu: Int, to out: inout ByteBuffer) {
        out.append("CPU:")
        out.append(decimal: cpu)
        out.append(" [LOST ")
        if let count {
            out.append(decimal: count)
            out.append(0x20)
        }
        out.append("EVENTS]\n")
    }
}
