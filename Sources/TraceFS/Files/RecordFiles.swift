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

    func trace<Context: NodeContext>(
        of place: @escaping @Sendable (Context) -> (instance: TraceInstance, lane: Int?)
    ) -> File<Context> {
        .rendered(
            mode: 0o640, content: .document, forms: [.json, .text, .ndjson, .chrome, .dat],
            parameters: RecordSelection.parameters,
            summary: "What the ring buffers hold, oldest first; a write with truncation clears them.",
            open: { [self] context, request throws(Failure) in
                let (instance, lane) = place(context)
                if request.form == .dat {
                    let selection = try RecordSelection(request.arguments)
                    return try TraceDatDocument([instance], lane: lane, selection, in: traceEngine)
                }
                return try TraceDocument(instance, lane: lane, request, renderer: renderer(for: instance, request))
            },
            write: { context, _, request throws(Failure) in
                let (instance, lane) = place(context)
                if !request.appends { instance.clear(lane: lane) }
            })
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
}

/// Why a record did not come into a buffer.
func reason(notRecorded errno: Errno) -> String {
    switch errno {
    case .badFileDescriptor: "tracing is off, or the buffer is full"
    case .noMemory: "there is no memory for the ring buffer, or the limit buffers_bytes leaves none"
    default: errno.description
    }
}

extension Caller {
    /// Who causes the records that this caller writes.
    var task: TraceTask { TraceTask(pid: pid, comm: comm) }
}
