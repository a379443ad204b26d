/// What is told about the cache's doings: the bridge to a tracepoint, called under no lock.
///
/// An object, so that asking it after every walk counts one reference and copies nothing.
public protocol NodeProbe: AnyObject, Sendable {
    /// A node was made. Called only where ``isEnabled`` is true.
    func made(_ node: Node)
    /// A node was reclaimed.
    func reclaimed(_ node: Node)
    /// Whether anybody listens: one relaxed load.
    var isEnabled: Bool { get }
}

/// A probe, behind one reference: asking whether anybody listens copies nothing that other threads count too.
final class ProbeBox: Sendable {
    private let probe: any NodeProbe

    init(_ probe: any NodeProbe) { self.probe = probe }

    @inline(never)
    var isEnabled: Bool { probe.isEnabled }

    func made(_ node: Node) { probe.made(node) }
    func reclaimed(_ node: Node) { probe.reclaimed(node) }
}
