internal import PseudoFS

extension Method {
    /// Whether it asks for a change.
    var isChange: Bool { self == .put || self == .post || self == .delete }

    /// What the method asks of a node, in a shell's terms; nil where it asks nothing that a node could do.
    ///
    /// - Parameters:
    ///   - declaration: the node's.
    ///   - isRename: whether the parameter `rename` came along.
    /// - Returns: the verb.
    func verb(on declaration: Declaration, isRename: Bool) -> Verbs? {
        switch self {
        case .get, .head: .read
        case .put: .write
        case .post where isRename && declaration.verbs.contains(.rename): .rename
        case .post: declaration.isDirectory ? .create : .append
        case .delete: .remove
        case .options, .other: nil
        }
    }
}
