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
