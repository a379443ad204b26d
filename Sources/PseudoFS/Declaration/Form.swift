/// A form in which a node can be shown.
///
/// The names are those of `?format=`; what stands for them in a protocol (a media type) is the front's business.
public enum Form: String, Sendable, CaseIterable, Hashable {
    /// The typed value.
    case json
    /// The kernel's text, byte for byte.
    case text
    /// A plain page for browsers.
    case html
    /// One JSON document a line, for what is long or never ends.
    case ndjson
    /// Bytes as they are.
    case bytes
    /// Operations on pages and what became of them.
    case pages
    /// Records of events, packed.
    case events
    /// All pages of a pool, as they are stored.
    case snapshot
    /// Records as a file of trace-cmd, which KernelShark opens too.
    case dat
    /// Records as trace events in JSON, which Perfetto and Chrome's viewer open.
    case chrome
    /// A description of the whole, in YAML.
    case yaml
    /// Families of metrics in Prometheus' text format.
    case prometheus
    /// Families of metrics as OpenMetrics has them.
    case openmetrics
}
