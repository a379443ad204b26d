public import Bytes

/// A file of a pseudo-filesystem, defined once: its typed value, what a write does, what it is called.
///
/// ```swift
/// File<TraceInstance>.attribute(
///     mode: 0o644, summary: "Whether events are recorded.",
///     value: { context in .boolean(context.tracingOn) },
///     write: { context, bytes, _ throws(Failure) in context.tracingOn = try Number.parse(bytes) != 0 })
/// ```
///
/// It is shared by every node that shows it, of whatever instance; the closures get the context they are asked for,
/// run on the caller's thread, under no lock but the owner's gate for writes, and must not walk the namespace.
public struct File<Context: NodeContext>: Sendable {
    /// Gives the typed value.
    public typealias ValueReader = @Sendable (Context) throws(Failure) -> Value
    /// Gives further members that stand beside `value` in JSON.
    public typealias MemberReader = @Sendable (Context) -> [Value.Member]
    /// Appends the kernel's text, where it is not what follows from the value.
    public typealias TextReader = @Sendable (Context, inout ByteBuffer) throws(Failure) -> Void
    /// Takes one write.
    public typealias Writer = @Sendable (Context, Span<UInt8>, WriteRequest) throws(Failure) -> Void
    /// Gives what is known about a file's bytes.
    public typealias KnowledgeReader = @Sendable (Context) throws(Failure) -> [Value.Member]
    /// Removes what the file stands for.
    public typealias Remover = @Sendable (Context, Caller) throws(Failure) -> Void
    /// Moves what the file stands for: gets the binding of the directory that it is to stand in, and its name there.
    public typealias Renamer = @Sendable (Context, Binding, String, Caller) throws(Failure) -> Void
    /// Gives the path that a symbolic link leads to.
    public typealias TargetReader = @Sendable (Context, Caller) -> String
    /// Takes a document and appends the one that answers it.
    public typealias Exchanger =
        @Sendable (Context, Span<UInt8>, WriteRequest, inout ByteBuffer) throws(Failure) -> Void
    /// Looks whether a stream is worth reading.
    public typealias ReadinessOpener = @Sendable (Context) throws(Failure) -> any Readiness
    /// Opens a document or a stream.
    public typealias Opener = @Sendable (Context, ReadRequest) throws(Failure) -> any OpenFile
    /// Begins to watch a value.
    public typealias Watcher = @Sendable (Context) throws(Failure) -> any ValueWatch
    /// Begins a write that is taken as it comes.
    public typealias WriteOpener = @Sendable (Context, WriteRequest) throws(Failure) -> any OpenWrite

    @usableFromInline let definition: FileDefinition

    @inlinable init(_ definition: FileDefinition) { self.definition = definition }

    /// Says of a file that what is written to it makes or removes directories elsewhere in its file system.
    public func changingEntries() -> File {
        definition.changesEntries = true
        return self
    }

    /// A file with a typed value.
    ///
    /// - Parameters:
    ///   - mode: permission bits; those for writing decide nothing, `write` does.
    ///   - summary: one sentence.
    ///   - value: gives the value.
    ///   - members: what else stands beside `value` in JSON.
    ///   - text: the text, where it does not follow from the value.
    ///   - write: takes a write with truncation, and one that appends unless `appends` is false.
    ///   - appends: whether `>>` is taken too.
    ///   - readAuthority: what reading needs.
    ///   - changeAuthority: what writing needs.
    ///   - holds: whether the state that this file controls keeps its node (an enabled event).
    ///   - releases: whether a write of these bytes turns something off, and so may use the reserve.
    ///   - exists: whether this context has the file at all.
    ///   - isOwn: whether it is the caller's own: then `.read` is enough for whatever it takes.
    ///   - watch: tells of changes that nobody makes through the tree, for who watches it.
    ///   - parameters: what it takes when it is written.
    ///   - reach: how far a write goes, where that is not what the file system says of all.
    /// - Returns: the file.
    @inlinable
    public static func attribute(
        mode: UInt16, summary: String, value: @escaping ValueReader, members: MemberReader? = nil,
        text: TextReader? = nil, write: Writer? = nil, appends: Bool = true, readAuthority: Authority = .read,
        changeAuthority: Authority = .write, holds: (@Sendable (Context) -> Bool)? = nil,
        releases: (@Sendable (Span<UInt8>) -> Bool)? = nil, exists: (@Sendable (Context) -> Bool)? = nil,
        isOwn: (@Sendable (Context, Caller) -> Bool)? = nil, watch: Watcher? = nil, parameters: [Parameter] = [],
        reach: ChangeReach? = nil
    ) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .attribute, mode: mode,
                verbs: write == nil ? .read : appends ? [.read, .write, .append] : [.read, .write],
                forms: [.json, .text, .html], parameters: parameters, readAuthority: readAuthority,
                changeAuthority: changeAuthority, reach: reach, summary: summary))
        definition.value = { binding throws(Failure) in try value(Context.of(binding)) }
        if let members { definition.members = { members(Context.of($0)) } }
        if let text { definition.text = { binding, out throws(Failure) in try text(Context.of(binding), &out) } }
        if let write { definition.write = erase(write) }
        if let holds { definition.holds = { holds(Context.of($0)) } }
        if let exists { definition.exists = { exists(Context.of($0)) } }
        if let isOwn { definition.isOwn = { isOwn(Context.of($0), $1) } }
        if let watch { definition.watch = { binding throws(Failure) in try watch(Context.of(binding)) } }
        definition.releases = releases
        return File(definition)
    }

    /// A file that is rendered while it is read.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - content: `.document` for what ends by itself and can be read again, `.stream` for what consumes.
    ///   - forms: in which it can be shown, the default first.
    ///   - parameters: what it takes when it is read.
    ///   - summary: one sentence.
    ///   - readAuthority: what reading needs; a stream needs `.write` at least, for it takes away.
    ///   - open: opens it.
    ///   - write: takes a write, where it takes one.
    ///   - watched: what who watches a document is shown, each time it is another.
    ///   - readiness: looks whether a stream is worth reading, for who watches it.
    ///   - releases: whether a write of these bytes turns something off, and so may use the reserve.
    /// - Returns: the file.
    @inlinable
    public static func rendered(
        mode: UInt16, content: Declaration.Content, forms: [Form], parameters: [Parameter] = [], summary: String,
        readAuthority: Authority = .read, open: @escaping Opener, write: Writer? = nil, watched: ValueReader? = nil,
        readiness: ReadinessOpener? = nil, releases: (@Sendable (Span<UInt8>) -> Bool)? = nil
    ) -> File {
        precondition(content == .document || content == .stream, "attributes and sinks have their own")
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: content, mode: mode,
                verbs: write == nil ? .read : [.read, .write, .append], forms: forms, parameters: parameters,
                readAuthority: content == .stream ? max(readAuthority, .write) : readAuthority,
                isWatchable: watched != nil || readiness != nil, summary: summary))
        if let watched { definition.watched = { binding throws(Failure) in try watched(Context.of(binding)) } }
        if let readiness { definition.readiness = { binding throws(Failure) in try readiness(Context.of(binding)) } }
        definition.open = { binding, request throws(Failure) in try open(Context.of(binding), request) }
        if let write { definition.write = erase(write) }
        definition.releases = releases
        return File(definition)
    }

    /// A file that only takes writes.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - parameters: what it takes when it is written.
    ///   - bodyForms: in which forms a write may come beside plain bytes; its request says so.
    ///   - exists: whether this context has the file at all.
    ///   - reach: how far a write goes, where that is not what the file system says of all.
    ///   - write: takes a write; no precondition can be put on it and no gate is held.
    /// - Returns: the file.
    @inlinable
    public static func sink(
        mode: UInt16, summary: String, parameters: [Parameter] = [], bodyForms: [Form] = [],
        exists: (@Sendable (Context) -> Bool)? = nil, reach: ChangeReach? = nil, write: @escaping Writer
    ) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .sink, mode: mode, verbs: [.write, .append], forms: [],
                parameters: parameters, bodyForms: bodyForms, reach: reach, summary: summary))
        definition.write = erase(write)
        if let exists { definition.exists = { exists(Context.of($0)) } }
        return File(definition)
    }

    /// A file that only takes writes, whose bytes it takes as they come, however many.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - open: begins a write; no precondition can be put on it and no gate is held.
    /// - Returns: the file.
    @inlinable
    public static func intake(mode: UInt16, summary: String, open: @escaping WriteOpener) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .sink, mode: mode, verbs: .write, forms: [], takesAsItComes: true,
                summary: summary))
        definition.openWrite = { binding, request throws(Failure) in try open(Context.of(binding), request) }
        return File(definition)
    }

    /// A file of bytes that is read and written whole, such as a page.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - read: appends the bytes.
    ///   - known: what is known about them, shown in JSON in their place.
    ///   - write: replaces them; no precondition can be put on it and no gate is held.
    ///   - remove: gives them up.
    /// - Returns: the file.
    @inlinable
    public static func bytes(
        mode: UInt16, summary: String, read: @escaping TextReader, known: @escaping KnowledgeReader,
        write: Writer? = nil, remove: Remover? = nil
    ) -> File {
        var verbs: Verbs = .read
        if write != nil { verbs.insert(.write) }
        if remove != nil { verbs.insert(.remove) }
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .bytes, mode: mode, verbs: verbs, forms: [.bytes, .json], summary: summary))
        definition.text = { binding, out throws(Failure) in try read(Context.of(binding), &out) }
        definition.value = { binding throws(Failure) in .record(try known(Context.of(binding))) }
        if let write { definition.write = erase(write) }
        if let remove {
            definition.remove = { binding, caller throws(Failure) in try remove(Context.of(binding), caller) }
        }
        return File(definition)
    }

    /// A device: bytes by their position, in ranges.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - summary: one sentence.
    ///   - device: what it does; nothing serialises its writes.
    ///   - known: what is known about it, shown in JSON in place of its bytes.
    /// - Returns: the file.
    @inlinable
    public static func device(
        mode: UInt16, summary: String, _ device: Device<Context>, known: @escaping KnowledgeReader
    ) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .device, mode: mode, verbs: [.read, .write, .remove], forms: [.bytes, .json],
                takesAsItComes: true, summary: summary))
        definition.device = device.operations
        definition.value = { binding throws(Failure) in .record(try known(Context.of(binding))) }
        return File(definition)
    }

    /// A file to which a document is appended, and which answers with another.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - form: of both documents; whoever sends another, or takes another, is refused before anything happens.
    ///   - summary: one sentence.
    ///   - exchange: takes the one and gives the other; no precondition can be put on it and no gate is held. Where it
    ///     throws, nothing has happened.
    /// - Returns: the file.
    @inlinable
    public static func exchange(
        mode: UInt16, form: Form, summary: String, exchange: @escaping Exchanger
    ) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .file, content: .exchange, mode: mode, verbs: .append, forms: [form], summary: summary))
        definition.exchange = { binding, bytes, request, out throws(Failure) in
            try exchange(Context.of(binding), bytes, request, &out)
        }
        return File(definition)
    }

    /// A file to which requests are appended, for the front to answer as if they had come one by one.
    ///
    /// Who may append says nothing of what may be asked for: each request is judged by itself.
    ///
    /// - Parameters:
    ///   - mode: permission bits.
    ///   - parameters: what it takes.
    ///   - summary: one sentence.
    /// - Returns: the file.
    @inlinable
    public static func requests(mode: UInt16, parameters: [Parameter] = [], summary: String) -> File {
        File(
            FileDefinition(
                declaration: Declaration(
                    kind: .file, content: .requests, mode: mode, verbs: .append, forms: [.ndjson],
                    parameters: parameters, readAuthority: .none, changeAuthority: .none, summary: summary)))
    }

    /// A symbolic link.
    ///
    /// A walk that comes by goes on where it leads: from the directory that the link stands in, or from the root where
    /// the target begins with a slash; `..` is taken by name. It never leaves the mount that the link is in (EXDEV).
    ///
    /// - Parameters:
    ///   - mode: permission bits, which say nothing.
    ///   - summary: one sentence.
    ///   - target: where it leads; asked at every walk, and it may depend on the caller.
    /// - Returns: the file.
    @inlinable
    public static func link(mode: UInt16 = 0o777, summary: String, target: @escaping TargetReader) -> File {
        let definition = FileDefinition(
            declaration: Declaration(
                kind: .symlink, content: .link, mode: mode, verbs: .read, forms: [.json, .text], summary: summary))
        definition.target = { target(Context.of($0), $1) }
        return File(definition)
    }

    /// The same file as an entry that can be removed or renamed.
    ///
    /// - Parameters:
    ///   - remove: removes what it stands for; nil leaves that as it was.
    ///   - rename: moves it; the directory is one of the same mount, and what its binding is the file system knows.
    /// - Returns: the file.
    @inlinable
    public func entry(remove: Remover? = nil, rename: Renamer? = nil) -> File {
        var verbs: Verbs = []
        if remove != nil { verbs.insert(.remove) }
        if rename != nil { verbs.insert(.rename) }
        let definition = definition.copy(adding: verbs)
        if let remove {
            definition.remove = { binding, caller throws(Failure) in try remove(Context.of(binding), caller) }
        }
        if let rename {
            definition.rename = { binding, directory, name, caller throws(Failure) in
                try rename(Context.of(binding), directory, name, caller)
            }
        }
        return File(definition)
    }

    /// The same file as one that somebody else keeps.
    @inlinable
    public func shown(_ foreign: Declaration.Foreign) -> File {
        File(definition.copy(as: foreign))
    }

    @inlinable
    static func erase(_ write: @escaping Writer) -> FileDefinition.Writer {
        { binding, bytes, request throws(Failure) in try write(Context.of(binding), bytes, request) }
    }
}
