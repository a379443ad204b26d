internal import OpenMetrics
internal import TraceEngine

/// Instances, events and ring buffers: `jitfs_trace_…`. Nothing here walks them.
enum TracingMetrics {
    static func write(_ engine: TraceEngine, to writer: inout MetricsWriter) {
        writer.family("jitfs_trace_instances", .gauge, help: "Tracing instances, the top one not counted.")
        writer.sample(engine.instanceCount)
        writer.family(
            "jitfs_trace_instances_active", .gauge,
            help: "Tracing instances, the top one counted, in which any event is enabled.")
        writer.sample(engine.activeInstanceCount)
        writer.family("jitfs_trace_events", .gauge, help: "Events that can be enabled.")
        writer.sample(engine.catalogue.snapshot.eventsInOrder.count)
        writer.family("jitfs_trace_events_enabled", .gauge, help: "Events that are enabled in any instance.")
        writer.sample(engine.heldEventCount)
        writer.family("jitfs_trace_buffers_bytes", .gauge, help: "Memory that ring buffers may take, being mapped.")
        writer.sample(engine.mappedBytes)
    }
}
