internal import Bytes
internal import DebugFS
internal import PseudoFS

/// A tree with a debugfs in it, and a shell's words for it.
struct DebugTree: Sendable {
    let debug = DebugFS()
    let namespace: Namespace

    init() {
        let namespace = Namespace(mounts: [Mount(.debugfs(debug), at: "/debug")], lanes: 2)
        debug.onChange { [weak namespace] in namespace?.told(of: $0, below: "/debug") }
        self.namespace = namespace
    }

    func node(_ path: String, purpose: Namespace.Purpose = .look) throws(Failure) -> Node {
        try namespace.walk("/debug\(path)".utf8Span.span, caller: Caller(), purpose: purpose).node
    }

    func cat(_ path: String) throws(Failure) -> String {
        var out = ByteBuffer()
        try node(path).readText(into: &out)
        return out.text
    }

    func value(_ path: String) throws(Failure) -> Value { try node(path).read().value }

    func echo(_ text: String, _ path: String) throws(Failure) {
        try node(path, purpose: .change).write(text.utf8Span.span, WriteRequest())
    }

    func make(_ path: String, _ name: String, _ members: [JSONValue.Member]) throws(Failure) {
        try node(path, purpose: .create).make(name, CreateRequest(members: members))
    }

    func remove(_ path: String, tree: Bool = false) throws(Failure) {
        let node = try node(path, purpose: .entry)
        try node.remove(Caller(), tree: tree)
        namespace.removed(node)
    }

    func list(_ path: String) throws(Failure) -> [String] {
        let reader = try node(path).entries()
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name) }
        return names
    }
}
