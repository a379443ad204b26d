import Bytes
import ProcFS
import PseudoFS
import Testing

/// `/proc` over made-up clients, and figures that a test chooses.
struct ProcTree {
    let clients: MadeUpClients
    let namespace: Namespace

    init(_ clients: MadeUpClients = MadeUpClients(), memory: [MemoryFigure] = [], times: SystemTimes = SystemTimes()) {
        self.clients = clients
        let always = Always(identity: 7)
        let other = FileSystem(
            type: "tracefs", root: DirectoryTable<Always>(summary: "Another."), context: always)
        let mounts = [Mount(other, at: "/tracing"), Mount(other, at: "/a b/c\\d")]
        let system = SystemSource(
            version: "jitfs version 1", mounts: { mounts }, memory: { memory }, times: { times })
        namespace = Namespace(mounts: mounts + [Mount(.procfs(clients, system), at: "/proc")])
    }

    func node(_ path: String, caller: Caller = Caller()) throws -> Node {
        try namespace.walk(path.utf8Span.span, caller: caller).node
    }

    func text(_ path: String, caller: Caller = Caller()) throws -> String {
        var out = ByteBuffer()
        try node(path, caller: caller).readText(into: &out)
        return out.text
    }

    func json(_ path: String) throws -> String {
        var out = ByteBuffer()
        try node(path).read().appendJSON(to: &out)
        return out.text
    }

    /// The names in a directory, behind one of them.
    func names(_ path: String, after name: String? = nil) throws -> [String] {
        let reader = try node(path).entries()
        if let name { reader.seek(after: name.utf8Span.span) }
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name) }
        return names
    }
}
