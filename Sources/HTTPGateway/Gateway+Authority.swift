internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// What the sender of a request may do at a path, and whether it is somebody that we know.
    func access(of head: borrowing RequestHead, at path: Span<UInt8>) -> (authority: Authority, isKnown: Bool) {
        guard let credentials else { return (.admin, true) }
        switch credentials.access(header: head.value(.authorization), path: path) {
        case .unknown: return (.none, false)
        case .known(let authority): return (authority, true)
        }
    }

    /// Where the sender of a request may read, to be asked later too; nil for everywhere.
    func permission(of head: borrowing RequestHead) -> Namespace.Permission? {
        guard let credentials else { return nil }
        let header = [UInt8](copying: head.value(.authorization))
        return { path in
            if case .known(let authority) = credentials.access(header: header.span, path: path) {
                return authority >= .read
            }
            return false
        }
    }

    /// The refusal of a caller: 401 where it is nobody that we know, 403 otherwise.
    func denied(_ required: Authority, isKnown: Bool, trail: inout Trail) -> Failure {
        if isKnown {
            counters.authorityRefused.count()
            return trail.refusing(Failure(.permissionDenied, "this needs the authority to \(required.verb)"), with: 403)
        }
        counters.tokensRefused.count()
        return trail.refusing(Failure(.permissionDenied, "this needs a valid bearer token"), with: 401)
    }
}

extension Authority {
    /// What it is the authority to do.
    fileprivate var verb: String {
        switch self {
        case .none: "look"
        case .read: "read"
        case .write: "write"
        case .admin: "administer"
        }
    }
}
