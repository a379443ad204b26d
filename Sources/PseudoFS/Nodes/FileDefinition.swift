public import Bytes

/// What a ``File`` comes to when its context's type is taken away.
///
/// It is filled by `File`'s functions, which are inlined into the module that declares the file, so that the closures
/// are specialised there; after that nothing changes it.
@usableFromInline
final class FileDefinition: @unchecked Sendable {
    // Sendable: written only while `File` builds it, before anybody else has a reference.
    @usableFromInline typealias Writer = @Sendable (Binding, Span<UInt8>, WriteRequest) throws(Failure) -> Void
    @usableFromInline typealias Exchanger =
        @Sendable (Binding, Span<UInt8>, WriteRequest, inout ByteBuffer) throws(Failure) -> Void

    @usableFromInline typealias Renamer =
        @Sendable (Binding, Binding, String, Caller) throws(Failure) -> Void

    let declaration: Declaration
    @usableFromInline var value: (@Sendable (Binding) throws(Failure) -> Value)?
    @usableFromInline var members: (@Sendable (Binding) -> [Value.Member])?
    @usableFromInline var text: (@Sendable (Binding, inout ByteBuffer) throws(Failure) -> Void)?
    @usableFromInline var open: (@Sendable (Binding, ReadRequest) throws(Failure) -> any OpenFile)?
    @usableFromInline var write: Writer?
    @usableFromInline var openWrite: (@Sendable (Binding, WriteRequest) throws(Failure) -> any OpenWrite)?
    @usableFromInline var exchange: Exchanger?
    @usableFromInline var remove: (@Sendable (Binding, Caller) throws(Failure) -> Void)?
    @usableFromInline var holds: (@Sendable (Binding) -> Bool)?
    @usableFromInline var watch: (@Sendable (Binding) throws(Failure) -> any ValueWatch)?
    @usableFromInline var device: DeviceOperations?
    @usableFromInline var releases: (@Sendable (Span<UInt8>) -> Bool)?
    @usableFromInline var watched: (@Sendable (Binding) throws(Failure) -> Value)?
    @usableFromInline var readiness: (@Sendable (Binding) throws(Failure) -> any Readiness)?
    @usableFromInline var exists: (@Sendable (Binding) -> Bool)?
    @usableFromInline var isOwn: (@Sendable (Binding, Caller) -> Bool)?

    /// Whether writing it makes or removes directories elsewhere in its file system.
    @usableFromInline var changesEntries = false
    @usableFromInline var rename: Renamer?
    @usableFromInline var target: (@Sendable (Binding, Caller) -> String)?

    @usableFromInline
    init(declaration: Declaration) { self.declaration = declaration }

    /// The same file with further verbs, for which its functions are set afterwards.
    @usableFromInline
    func copy(adding verbs: Verbs) -> FileDefinition { copy(as: declaration.adding(verbs)) }

    /// The same file, kept by somebody else.
    @usableFromInline
    func copy(as foreign: Declaration.Foreign) -> FileDefinition { copy(as: declaration.shown(foreign)) }

    private func copy(as declaration: Declaration) -> FileDefinition {
        let copy = FileDefinition(declaration: declaration)
        copy.value = value
        copy.members = members
        copy.text = text
        copy.open = open
        copy.write = write
        copy.openWrite = openWrite
        copy.exchange = exchange
        copy.remove = remove
        copy.holds = holds
        copy.watch = watch
        copy.device = device
        copy.releases = releases
        copy.watched = watched
        copy.readiness = readiness
        copy.exists = exists
        copy.rename = rename
        copy.target = target
        return copy
    }
}
