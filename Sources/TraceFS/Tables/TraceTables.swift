internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The shape of `/tracing`: every table of it, bound to one engine.
///
/// The tables are made once; an instance adds nothing to them.
struct TraceTables {
    let engine: TraceEngine
    private let records: RecordFiles
    private let users: UserEventFiles
    private let owned = OwnedEvents()
    private let eventFiles: EventFiles
    private let tasks: TaskFiles

    init(engine: TraceEngine, userEvents: UserEvents) {
        let descriptions = EventDescriptions()
        self.engine = engine
        records = RecordFiles(traceEngine: engine, descriptions: descriptions)
        users = UserEventFiles(traceEngine: engine, userEvents: userEvents, owned: owned)
        eventFiles = EventFiles(descriptions: descriptions)
        tasks = TaskFiles(tasks: engine.tasks)
    }

    /// `/tracing`: an instance like the others, with what there is only once.
    var top: DirectoryTable<TraceInstance> {
        DirectoryTable(
            mode: 0o750, summary: "The top tracing instance.",
            entries: common + [
                .file("README", ReadmeFile.file),
                .file("available_events", EventListFiles.availableEvents(in: engine)),
                .file("dynamic_events", users.dynamicEvents.changingEntries()),
                .file("synthetic_events", SyntheticEventFiles.list(of: engine, owned).changingEntries()),
                .file("user_events_data", users.data),
                .file("user_events_status", users.status),
                .directory("instances", instances),
                .directory("options", OptionFiles.topDirectory),
                .file("printk_formats", TracerFiles.printkFormats),
                .file("saved_cmdlines", tasks.commandLines),
                .file("saved_cmdlines_size", tasks.commandLinesSize),
                .file("saved_tgids", tasks.threadGroups),
            ],
            documentForms: [.dat],
            open: { [records] context, _ throws(Failure) in try records.archive(of: context) })
    }

    private var instances: DirectoryTable<TraceInstance> {
        DirectoryTable(
            mode: 0o750, summary: "Private tracing instances; POST {\"name\":…} makes one.",
            children: .directories(
                instance,
                find: { [engine] _, name in engine.instance(named: name) },
                items: { [engine] _ in engine.instances }, name: { $0.name }, bind: { $1 }),
            members: ["owner"],
            make: { [engine] _, name, request throws(Failure) in
                let instance = try TraceFS.engine(.node, { Self.reason($0, for: name) }) { () throws(Errno) in
                    try engine.createInstance(name: name)
                }
                guard let owner = request.owner, !owner.adopt(instance, in: engine) else { return }
                throw Owner.unknown(owner.name)
            })
    }

    private static func reason(_ errno: Errno, for name: String) -> String {
        switch errno {
        case .fileExists: "there is an instance \(name)"
        case .fileNameTooLong: "a name has at most 255 bytes"
        case .invalidArgument: "an instance's name is not empty, . or .., and holds no / and no NUL"
        case .tooManyOpenFilesInSystem: "the limit instances is reached"
        default: errno.description
        }
    }

    private var instance: DirectoryTable<TraceInstance> {
        DirectoryTable(
            mode: 0o750, summary: "A tracing instance.",
            entries: common + [.directory("options", OptionFiles.directory)],
            remove: { [engine] context, _ throws(Failure) in
                try TraceFS.engine(.node) { () throws(Errno) in try engine.removeInstance(context) }
            })
    }

    /// What every instance has.
    private var common: [DirectoryTableEntry<TraceInstance>] {
        [
            .file("available_tracers", TracerFiles.available),
            .file("buffer_percent", BufferFiles.percent),
            .file("buffer_size_kb", BufferFiles.size),
            .file("buffer_subbuf_size_kb", BufferFiles.subBufferSize),
            .file("buffer_total_size_kb", BufferFiles.totalSize),
            .file("current_tracer", TracerFiles.current),
            .file("error_log", FilterFiles.errorLog),
            .directory("events", events),
            .file("free_buffer", BufferFiles.free),
            .directory("per_cpu", lanes),
            .file("set_event", EventListFiles.setEvent),
            .file("set_event_notrace_pid", TaskFiles.untraced),
            .file("set_event_pid", TaskFiles.traced),
            .file("snapshot", records.snapshot { ($0, nil) }),
            .file("timestamp_mode", BufferFiles.timestampMode),
            .file("trace", records.trace { ($0, nil) }),
            .file("trace_clock", BufferFiles.clock),
            .file("trace_marker", RecordFiles.marker),
            .file("trace_marker_raw", RecordFiles.rawMarker),
            .file("trace_options", OptionFiles.all),
            .file("trace_pipe", records.tracePipe { ($0, nil) }),
            .file("tracing_cpumask", LaneFiles.mask),
            .file("tracing_on", SwitchFiles.tracingOn),
        ]
    }

    // MARK: per_cpu

    private var lanes: DirectoryTable<TraceInstance> {
        DirectoryTable(
            mode: 0o750, summary: "The ring buffers, one a CPU lane.",
            entries: (0..<engine.lanes).map { lane in
                .directory("cpu\(lane)", self.lane) { LaneContext(instance: $0, lane: lane) }
            })
    }

    private var lane: DirectoryTable<LaneContext> {
        DirectoryTable(
            mode: 0o750, summary: "One CPU lane's ring buffer.",
            entries: [
                .file("buffer_size_kb", BufferFiles.laneSize),
                .file("snapshot", records.snapshot { ($0.instance, $0.lane) }),
                .file("snapshot_raw", RecordFiles.subBuffers(ofSnapshot: true)),
                .file("stats", BufferFiles.statistics),
                .file("trace", records.trace { ($0.instance, $0.lane) }),
                .file("trace_pipe", records.tracePipe { ($0.instance, $0.lane) }),
                .file("trace_pipe_raw", RecordFiles.subBuffers(ofSnapshot: false)),
            ])
    }

    // MARK: events

    private var events: DirectoryTable<TraceInstance> {
        DirectoryTable(
            summary: "All events, by system.",
            entries: [
                .file("enable", SwitchFiles.enableAll),
                .file("header_event", FtraceFiles.headerEvent),
                .file("header_page", FtraceFiles.headerPage),
            ],
            children: .directories(
                system,
                find: { [engine] context, name in
                    engine.system(named: name).map { SystemContext(instance: context, directory: $0.directory) }
                },
                items: { [engine] _ in
                    engine.lookForEvents()
                    return engine.catalogue.snapshot.systems
                }, name: { $0.name },
                bind: { SystemContext(instance: $0, directory: $1.directory) }))
    }

    private var system: DirectoryTable<SystemContext> {
        DirectoryTable(
            summary: "The events of one system.",
            entries: [
                .file("enable", SwitchFiles.enableSystem(in: engine.catalogue)),
                .file("filter", FilterFiles.ofSystem(in: engine.catalogue)),
            ],
            children: .directories(
                event,
                find: { [engine] context, name in
                    engine.event(system: context.directory.name.utf8Span.span, name: name).map {
                        EventContext(instance: context.instance, event: $0)
                    }
                },
                items: { [engine] context in
                    engine.lookForEvents()
                    return engine.catalogue.snapshot.system(named: context.directory.name.utf8Span.span)?.events ?? []
                },
                name: { $0.name }, bind: { EventContext(instance: $0.instance, event: $1) }))
    }

    private var event: DirectoryTable<EventContext> {
        DirectoryTable(
            summary: "One event.",
            entries: [
                .file("enable", SwitchFiles.enableEvent),
                .file("filter", FilterFiles.ofEvent),
                .file("format", eventFiles.format),
                .file("hist", HistogramFiles.ofEvent),
                .file("id", EventFiles.id),
                .file("inject", eventFiles.inject),
                .file("trigger", TriggerFiles.ofEvent),
            ])
    }
}
