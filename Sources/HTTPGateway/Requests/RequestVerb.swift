internal import PseudoFS

/// What a request asked for, as its time is counted under.
public enum RequestVerb: Int, Sendable, CaseIterable {
    case read, write, append, create, remove, options
    /// An unknown method, or a POST that reached no node: whether it would have appended or created, nobody knows.
    case other

    /// The verb of a request.
    ///
    /// - Parameters:
    ///   - method: of the request.
    ///   - trail: what was known of the node in the end.
    init(_ method: Method, _ trail: Trail) {
        self =
            switch method {
            case .get, .head: .read
            case .put: .write
            case .post: trail.contentIndex == nil ? .other : trail.isDirectory ? .create : .append
            case .delete: .remove
            case .options: .options
            case .other: .other
            }
    }
}
