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
    /// How far a change goes that is made through a node of it, unless the node's file says otherwise.
    let reach: ChangeReach

    /// Binds a table.
    ///
    /// - Parameters:
    ///   - type: what `mount` would call it.
    ///   - root: the shape of its top directory.
    ///   - context: what that stands for.
    ///   - reach: how far a change goes that is made through a node of it. `.everything` also says that its files show
    ///     what is others': who watches one looks again after every change.
    public init<Context: NodeContext>(
        type: String, root: DirectoryTable<Context>, context: Context, reach: ChangeReach = .fileSystem
    ) {
        self.type = type
        self.reach = reach
        self.root = root.definition
        binding = context.binding
    }
}

extension FileSystem {
    /// What the root and the directories above the mounts are.
    public static let rootType = "rootfs"

    /// The types of all file systems of a tree, each once.
    ///
    /// - Parameter mounts: what is mounted.
    /// - Returns: `rootfs` first, then those that are mounted, in the order in which they come first.
    public static func types(of mounts: [Mount]) -> [String] {
        mounts.reduce(into: [rootType]) { types, mount in
            if !types.contains(mount.fileSystem.type) { types.append(mount.fileSystem.type) }
        }
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
