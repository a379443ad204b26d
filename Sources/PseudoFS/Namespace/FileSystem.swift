/// A kind of tree with the context it is bound to, ready to be mounted.
///
/// ```swift
/// let tracefs = FileSystem(type: "tracefs", root: TraceTables.top, context: engine.top)
/// let namespace = Namespace(mounts: [Mount(tracefs, at: "/tracing")])
/// ```
public struct FileSystem: Sendable {
    /// What kind it is: `tracefs`, `sysfs`.
    public let type: String
    let root: DirectoryDefinition
    let binding: Binding

    /// Binds a table.
    ///
    /// - Parameters:
    ///   - type: what `mount` would call it.
    ///   - root: the shape of its top directory.
    ///   - context: what that stands for.
    public init<Context: NodeContext>(type: String, root: DirectoryTable<Context>, context: Context) {
        self.type = type
        self.root = root.definition
        binding = context.binding
    }
}

/// A file system and the place where it is to be seen.
public struct Mount: Sendable {
    /// An absolute path of at least one name.
    public let path: String
    /// What stands there.
    public let fileSystem: FileSystem
    /// Whether a recursive listing that began above goes into it.
    public let isEnteredFromAbove: Bool

    /// Names a place.
    ///
    /// - Parameters:
    ///   - fileSystem: what stands there.
    ///   - path: an absolute path of at least one name.
    ///   - isEnteredFromAbove: false for what is large and not ours, such as a tree of the host.
    public init(_ fileSystem: FileSystem, at path: String, isEnteredFromAbove: Bool = true) {
        self.path = path
        self.fileSystem = fileSystem
        self.isEnteredFromAbove = isEnteredFromAbove
    }
}
