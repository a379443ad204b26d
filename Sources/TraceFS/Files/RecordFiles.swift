internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files through which records are read and written: `trace`, `trace_pipe`, `trace_marker`.
struct RecordFiles {
    let traceEngine: TraceEngine
    let descriptions: EventDescriptions

    private static let pipeParameters =
        RecordSelection.parameters + [
            Parameter("timeout", .seconds, summary: "End after so many seconds; 0 gives what is there, or 204.")
        ]

    private func renderer(for instance: TraceInstance, _ request: ReadRequest) throws(Failure) -> RecordRenderer {
        RecordRenderer(
            request.form, of: instance, try RecordSelection(request.arguments), int64AsString: request.int64AsString,
            engine: traceEngine, descriptions: descriptions)
    }

    private static let forms: [Form] = [.json, .text, .ndjson, .chrome, .dat]

    /// What the buffers or the snapshot hold, in the form that was asked for.
    private func document(
        of instance: TraceInstance, _ lane: Int?, ofSnapshot: Bool, _ request: ReadRequest
    ) throws(Failure) -> any OpenFile {
        guard request.form == .dat else {
            return try TraceDocument(
                instance, lane: lane, request, renderer: renderer(for: instance, request), ofSnapshot: ofSnapshot)
        }
        let selection = try RecordSelection(request.arguments)
        let extent = try engine { () throws(Errno) in
            try ofSnapshot ? instance.makeSnapshotExtent(lane: lane) : instance.makeExtent(lane: lane)
        }
        return TraceDatDocument(
            [.init(name: "", extent: extent)], clock: instance.clock, selection, in: traceEngine,
            descriptions: descriptions)
    }

    /// The buffers of an instance and of all others that hold anything, as one file of trace-cmd.
    func archive(of top: TraceInstance) throws(Failure) -> any OpenFile {
        let extent = try engine { () throws(Errno) in try top.makeExtent() }
        var sources = [TraceDatDocument.Source(name: "", extent: extent)]
        for instance in traceEngine.instances {
            // One that goes meanwhile is not there, and one that nobody touched has nothing.
            guard let extent = try? instance.makeExtent(), !extent.lanes.isEmpty else { continue }
            sources.append(.init(name: instance.name, extent: extent))
        }
        return TraceDatDocument(
            sources, clock: top.clock, try RecordSelection(Arguments()), in: traceEngine, descriptions: descriptions)
    }

    func trace<Context: NodeContext>(
        of place: @escaping @Sendable (Context) -> (instance: TraceInstance, lane: Int?)
    ) -> File<Context> {
        .rendered(
            mode: 0o640, content: .document, forms: Self.forms, parameters: RecordSelection.parameters,
            summary: "What the ring buffers hold, oldest first; a write with truncation clears them.",
            open: { [self] context, request throws(Failure) in
                let (instance, lane) = place(context)
                return try document(of: instance, lane, ofSnapshot: false, request)
            },
            write: { context, _, request throws(Failure) in
                let (instance, lane) = place(context)
                if !request.appends { instance.clear(lane: lane) }
            },
            watched: { context in
                let counts = place(context).instance.entryCounts
                return .record([
                    .init("entries_in_buffer", .unsigned(counts.inBuffer)),
                    .init("entries_written", .unsigned(counts.written)),
                ])
            },
            // It gives records up, and nothing else.
            releases: { _ in true })
    }

    /// `snapshot`
    func snapshot<Context: NodeContext>(
        of place: @escaping @Sendable (Context) -> (instance: TraceInstance, lane: Int?)
    ) -> File<Context> {
        .rendered(
            mode: 0o640, content: .document, forms: Self.forms, parameters: RecordSelection.parameters,
            summary: "What the buffers held when 1 was written; 0 frees it, any other number clears it.",
            open: { [self] context, request throws(Failure) in
                let (instance, lane) = place(context)
                return try document(of: instance, lane, ofSnapshot: true, request)
            },
            write: { context, bytes, _ throws(Failure) in
                let (instance, lane) = place(context)
                try Self.write(try KernelNumber.unsigned(bytes), to: instance, lane: lane)
            },
            watched: { context in
                let instance = place(context).instance
                return .record([
                    .init("allocated", .boolean(instance.hasSnapshot)),
                    .init("entries_in_buffer", .unsigned(instance.snapshotEntryCounts.inBuffer)),
                ])
            },
            releases: KernelNumber.isZero)
    }

    private static func write(_ command: UInt64, to instance: TraceInstance, lane: Int?) throws(Failure) {
        switch command {
        case 0:
            if lane != nil {
                throw Failure(.invalidArgument, "a snapshot is freed as a whole", subject: .content)
            }
            instance.freeSnapshot()
        case 1:
            try engine(.node, { $0 == .noMemory ? "the limit buffers_bytes leaves no room" : $0.description }) {
                () throws(Errno) in try instance.takeSnapshot(lane: lane)
            }
        default: instance.clearSnapshot(lane: lane)
        }
    }

    private static let readability: File<LaneContext>.ReadinessOpener = { context throws(Failure) in
        try Readability(context.instance, lane: context.lane)
    }

    /// `trace_pipe_raw`, and `snapshot_raw`, which never waits.
    static func subBuffers(ofSnapshot: Bool) -> File<LaneContext> {
        .rendered(
            mode: 0o440, content: .stream, forms: [.bytes, .text],
            parameters: [
                Parameter("timeout", .seconds, summary: "End after so many seconds; 0 gives what is there, or 204.")
            ],
            summary: ofSnapshot
                ? "The snapshot's sub-buffers as they are in memory; what was read is gone."
                : "Sub-buffers as they are in memory, as they come; what was read is gone.",
            open: { context, request throws(Failure) in
                try SubBufferStream(context.instance, lane: context.lane, ofSnapshot: ofSnapshot, request)
            },
            readiness: ofSnapshot ? nil : readability)
    }

    func tracePipe<Context: NodeContext>(
        of place: @escaping @Sendable (Context) -> (instance: TraceInstance, lane: Int?)
    ) -> File<Context> {
        .rendered(
            mode: 0o440, content: .stream, forms: [.ndjson, .text], parameters: Self.pipeParameters,
            summary: "Events as they come; what was read is gone. One reader at a time.",
            open: { [self] context, request throws(Failure) in
                let (instance, lane) = place(context)
                return try TracePipeStream(instance, lane: lane, request, renderer: renderer(for: instance, request))
            },
            readiness: { context throws(Failure) in
                let (instance, lane) = place(context)
                return try Readability(instance, lane: lane)
            })
    }

    static let marker = File<TraceInstance>.sink(
        mode: 0o220, summary: "Text to be recorded as an ftrace/print event; long text becomes several.",
        write: { context, bytes, request throws(Failure) in
            try engine(.content, reason(notRecorded:)) {
                () throws(Errno) in
                try context.writeMarker(bytes, task: request.caller.task, lane: request.caller.cpu)
            }
        })

    static let rawMarker = File<TraceInstance>.sink(
        mode: 0o220, summary: "A u32 and up to 4060 bytes, to be recorded as an ftrace/raw_data event.",
        write: { context, bytes, request throws(Failure) in
            try engine(
                .content,
                {
                    $0 == .invalidArgument
                        ? "4 to 4064 bytes are taken, and only with the option markers" : reason(notRecorded: $0)
                }
            ) {
                () throws(Errno) in
                try context.writeRawMarker(bytes, task: request.caller.task, lane: request.caller.cpu)
            }
        })
}

/// Why a record did not come into a buffer.
func reason(notRecorded errno: Errno) -> String {
    switch errno {
    case .badFileDescriptor: "tracing is off or pauses, the CPU is not in tracing_cpumask, or the buffer is full"
    case .invalidArgument: "the option markers is off"
    case .noMemory: "there is no memory for the ring buffer, or the limit buffers_bytes leaves none"
    default: errno.description
    }
}

extension Caller {
    /// Who causes the records that this caller writes.
    var task: TraceTask { TraceTask(pid: pid, comm: comm) }
}
