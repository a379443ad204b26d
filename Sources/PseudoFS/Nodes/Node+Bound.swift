internal import Bytes
internal import SystemPackage

/// A node for a directory: a table and the context it is bound to.
final class DirectoryNode<Context: NodeContext>: Node, @unchecked Sendable {
    private let table: DirectoryTable<Context>
    private let context: Context

    init(table: DirectoryTable<Context>, context: Context, at place: Place) {
        self.table = table
        self.context = context
        super.init(declaration: table.declaration, at: place)
    }

    override var contextIdentity: UInt64 { context.identity }
    override var owner: UInt64 { context.owner }
    override var isDead: Bool { context.isDead }

    override func child(named name: Span<UInt8>, at place: Place) -> Node? {
        if let entry = table.entry(named: name) {
            switch entry.target {
            case .file(let file):
                if let exists = file.exists, !exists(context) { return nil }
                return FileNode(file: file, context: context, at: place)
            case .directory(let directory): return directory.node(at: place, in: context)
            }
        }
        return table.children?.node(named: name, at: place, in: context)
    }

    override func makeNow(_ name: String, _ request: CreateRequest) throws(Failure) {
        guard let make = table.make else { throw Failure(.notPermitted, "nothing can be made here") }
        try make(context, name, request)
    }

    override func removeNow(_ caller: Caller) throws(Failure) {
        guard let remove = table.remove else { throw Failure(.notPermitted, "it cannot be removed") }
        try remove(context, caller)
    }

    override func directoryReader() -> (any DirectoryReader)? { BoundDirectoryReader(table: table, context: context) }
}

/// A node for a file: its definition and the context it is bound to.
final class FileNode<Context: NodeContext>: Node, @unchecked Sendable {
    private let file: File<Context>
    private let context: Context

    init(file: File<Context>, context: Context, at place: Place) {
        self.file = file
        self.context = context
        super.init(declaration: file.declaration, at: place)
    }

    override var contextIdentity: UInt64 { context.identity }
    override var owner: UInt64 { context.owner }
    override var isDead: Bool { context.isDead }
    override var isHeldByState: Bool { !context.isDead && (file.holds?(context) ?? false) }

    override func readNow() throws(Failure) -> Reading {
        guard let reading = try Reading(of: file, in: context) else { throw Failure(.notSupported) }
        return reading
    }

    override func readTextNow(into out: inout ByteBuffer) throws(Failure) {
        if let text = file.text { return try text(context, &out) }
        out.append(text: try readNow().value)
    }

    override func openNow(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        guard let open = file.open else { throw Failure(.notSupported) }
        return try open(context, request)
    }

    override func writeNow(_ bytes: Span<UInt8>, _ request: WriteRequest) throws(Failure) {
        guard let write = file.write else { throw Failure(.permissionDenied, "it is read-only") }
        try write(context, bytes, request)
    }

    override func releases(_ bytes: Span<UInt8>) -> Bool { file.releases?(bytes) ?? false }
}
