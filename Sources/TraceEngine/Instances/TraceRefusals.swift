/// How often the limits of an engine have refused something since its start.
public struct TraceRefusals: Sendable, Equatable {
    /// Instances beyond ``TraceLimits/instancesMax``: ENFILE.
    public let instances: UInt64
    /// Definitions of events beyond ``TraceLimits/eventsMax``: ENFILE.
    public let events: UInt64
    /// Ring buffers beyond ``TraceLimits/buffersBytesMax``: ENOMEM.
    public let buffersBytes: UInt64
}
