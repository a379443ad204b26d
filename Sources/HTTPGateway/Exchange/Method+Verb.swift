internal import PseudoFS

extension Method {
    /// Whether it asks for a change.
    var isChange: Bool { self == .put || self == .post || self == .delete }

    /// What the method asks of a node, in a shell's terms; nil where it asks nothing that a node could do.
    func verb(on declaration: Declaration) -> Verbs? {
        switch self {
        case .get, .head: .read
        case .put: .write
        case .post: declaration.isDirectory ? .create : .append
        case .delete: .remove
        case .options, .other: nil
        }
    }
}
