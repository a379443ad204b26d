internal import Bytes
internal import SystemPackage

extension Node {
    private var file: FileDefinition? { entry.file }
    private var directory: DirectoryDefinition? { entry.directory }

    /// Whether its binding was made for it, below a node of that binding; a mount's is part of its table.
    func ownsBinding(below directory: SharedBinding) -> Bool { bound !== directory && entry.fileSystem == nil }

    /// The shape of the directory; nil where it is none.
    var table: DirectoryDefinition? { directory }

    /// The union that it is; nil where it is none.
    var union: UnionDirectory? {
        if case .branches(let union) = directory?.children?.lookup { union(binding) } else { nil }
    }

    /// Where a symbolic link leads, as it says itself; nil where it is none.
    func target(for caller: Caller) -> String? { file?.target?(binding, caller) }

    /// Whether a cache keeps it: not where there may be any number of its kind.
    var isKept: Bool { entry.isKept }

    /// Whether a write to it makes or removes entries elsewhere.
    var changesEntries: Bool { file?.changesEntries ?? false }

    /// Whether the state that the file controls keeps the node: an enabled event.
    var isHeldByState: Bool { !isDead && (file?.holds?(binding) ?? false) }

    /// Whether a write of these bytes turns something off.
    func releases(_ bytes: Span<UInt8>) -> Bool { file?.releases?(bytes) ?? false }

    /// Whether what it stands for is the caller's own, such as the directory of its connection: then the authority to
    /// read is enough for whatever can be done to it.
    public func isOwn(of caller: Caller) -> Bool { (file?.isOwn ?? directory?.isOwn)?(binding, caller) ?? false }

    func readNow() throws(Failure) -> Reading {
        guard let file, let reading = try Reading(of: file, binding) else { throw Failure(.notSupported) }
        return reading
    }

    func watchedNow() throws(Failure) -> Reading {
        if let watched = file?.watched { return Reading(try watched(binding)) }
        return try readNow()
    }

    func openReadinessNow() throws(Failure) -> (any Readiness)? {
        guard let readiness = file?.readiness else { return nil }
        return try readiness(binding)
    }

    func readTextNow(into out: inout ByteBuffer) throws(Failure) {
        if let text = file?.text { return try text(binding, &out) }
        out.append(text: try readNow().value)
    }

    func openNow(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        guard let open = file?.open ?? directory?.open else { throw Failure(.notSupported) }
        return try open(binding, request)
    }

    func writeNow(_ bytes: Span<UInt8>, _ request: WriteRequest) throws(Failure) {
        guard let file else { throw Failure(.notSupported) }
        if let open = file.openWrite { return try open(binding, request).writeAll(bytes) }
        guard let write = file.write else { throw Failure(.permissionDenied, "it is read-only") }
        try write(binding, bytes, request)
    }

    func openWriteNow(_ request: WriteRequest) throws(Failure) -> any OpenWrite {
        guard let open = file?.openWrite else { throw Failure(.notSupported, "it is written whole") }
        return try open(binding, request)
    }

    func exchangeNow(_ bytes: Span<UInt8>, _ request: WriteRequest, into out: inout ByteBuffer) throws(Failure) {
        guard let exchange = file?.exchange else { throw Failure(.notSupported) }
        try exchange(binding, bytes, request, &out)
    }

    func openValueWatchNow() throws(Failure) -> (any ValueWatch)? {
        guard let watch = file?.watch else { return nil }
        return try watch(binding)
    }

    func makeNow(_ name: String, _ request: CreateRequest) throws(Failure) {
        guard let directory else { throw Failure(.notSupported) }
        guard let make = directory.make else { throw Failure(.notPermitted, "nothing can be made here") }
        try make(binding, name, request)
    }

    func removeNow(_ caller: Caller, tree: Bool) throws(Failure) {
        guard let remove = tree ? directory?.removeTree : directory?.remove ?? file?.remove else {
            throw Failure(.notPermitted, "it cannot be removed")
        }
        try remove(binding, caller)
    }

    func renameNow(to place: Node, _ name: String, _ caller: Caller) throws(Failure) {
        guard let rename = directory?.rename ?? file?.rename else {
            throw Failure(.notPermitted, "it cannot be renamed")
        }
        guard let target = place.directory else { throw Failure(.notDirectory) }
        if target.make == nil { throw Failure(.notPermitted, "nothing can be made there") }
        try rename(binding, place.binding, name, caller)
    }

    func directoryReader(_ look: Look) -> DirectoryReader? { directory.map { DirectoryReader($0, binding, look) } }
}
