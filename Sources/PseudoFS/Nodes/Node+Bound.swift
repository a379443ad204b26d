internal import Bytes
internal import SystemPackage

/// A node for a directory: a table and what it is bound to.
final class DirectoryNode: Node, @unchecked Sendable {
    // Sendable: as Node is; what is added is constant.
    private let table: DirectoryDefinition

    init(_ table: DirectoryDefinition, _ binding: Binding, at place: Place) {
        self.table = table
        super.init(declaration: table.declaration, binding: binding, at: place)
    }

    override func child(named name: Span<UInt8>, at place: Place) -> Node? {
        guard let position = table.position(of: name) else {
            guard let children = table.children, let found = children.find(binding, name) else { return nil }
            return DirectoryNode(children.table, found, at: place)
        }
        switch table.entries[position].target {
        case .file(let file):
            if let exists = file.exists, !exists(binding) { return nil }
            return FileNode(file, binding, at: place)
        case .directory(let directory, nil): return DirectoryNode(directory, binding, at: place)
        case .directory(let directory, .some(let bind)):
            guard let child = bind(binding) else { return nil }
            return DirectoryNode(directory, child, at: place)
        }
    }

    override func makeNow(_ name: String, _ request: CreateRequest) throws(Failure) {
        guard let make = table.make else { throw Failure(.notPermitted, "nothing can be made here") }
        try make(binding, name, request)
    }

    override func removeNow(_ caller: Caller) throws(Failure) {
        guard let remove = table.remove else { throw Failure(.notPermitted, "it cannot be removed") }
        try remove(binding, caller)
    }

    override func directoryReader() -> DirectoryReader? { DirectoryReader(table, binding) }
}

/// A node for a file: its definition and what it is bound to.
final class FileNode: Node, @unchecked Sendable {
    // Sendable: as Node is; what is added is constant.
    private let file: FileDefinition

    init(_ file: FileDefinition, _ binding: Binding, at place: Place) {
        self.file = file
        super.init(declaration: file.declaration, binding: binding, at: place)
    }

    override var isHeldByState: Bool { !isDead && (file.holds?(binding) ?? false) }

    override func readNow() throws(Failure) -> Reading {
        guard let reading = try Reading(of: file, binding) else { throw Failure(.notSupported) }
        return reading
    }

    override func readTextNow(into out: inout ByteBuffer) throws(Failure) {
        if let text = file.text { return try text(binding, &out) }
        out.append(text: try readNow().value)
    }

    override func openNow(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        guard let open = file.open else { throw Failure(.notSupported) }
        return try open(binding, request)
    }

    override func writeNow(_ bytes: Span<UInt8>, _ request: WriteRequest) throws(Failure) {
        guard let write = file.write else { throw Failure(.permissionDenied, "it is read-only") }
        try write(binding, bytes, request)
    }

    override func releases(_ bytes: Span<UInt8>) -> Bool { file.releases?(bytes) ?? false }
}
