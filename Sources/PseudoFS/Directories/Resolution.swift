/// What a name can lead to, made once by who declares it: a file, a directory or a link, with everything that may be
/// known of it without looking.
///
/// Declarations are static. Where what a name leads to varies (its type, its mode), a file system keeps a small table of
/// shapes and chooses from it.
public struct EntryShape<Context: NodeContext>: Sendable {
    @usableFromInline let definition: EntryDefinition

    @inlinable init(_ definition: EntryDefinition) { self.definition = definition }

    /// A file, or a symbolic link: ``File/link(mode:summary:target:)``.
    ///
    /// - Parameters:
    ///   - file: what it is.
    ///   - isKept: whether a cache keeps its nodes; where not, each walk makes one.
    /// - Returns: the shape.
    @inlinable
    public static func file(_ file: File<Context>, isKept: Bool = true) -> EntryShape {
        EntryShape(EntryDefinition(name: "", file: file.definition, isKept: isKept))
    }

    /// A directory.
    ///
    /// - Parameters:
    ///   - table: its shape.
    ///   - isKept: whether a cache keeps its nodes; where not, it keeps none of those below either.
    ///   - isEnteredFromAbove: whether a recursive listing that began above goes into it.
    /// - Returns: the shape.
    @inlinable
    public static func directory(
        _ table: DirectoryTable<Context>, isKept: Bool = true, isEnteredFromAbove: Bool = true
    ) -> EntryShape {
        EntryShape(
            EntryDefinition(
                name: "", directory: table.definition, bind: nil, isKept: isKept,
                isEnteredFromAbove: isEnteredFromAbove))
    }
}

/// What a name leads to at one moment: a shape, and what it is bound to. What eventfs's callback answers.
public struct Resolution: Sendable {
    @usableFromInline let entry: EntryDefinition
    @usableFromInline let binding: Binding

    @usableFromInline
    init(_ entry: EntryDefinition, _ binding: Binding) {
        self.entry = entry
        self.binding = binding
    }

    /// Binds a shape.
    @inlinable
    public init<Context: NodeContext>(_ shape: EntryShape<Context>, _ context: Context) {
        self.init(shape.definition, context.binding)
    }
}

/// What the rest of a path leads to, where a directory resolves it whole.
public struct PathResolution: Sendable {
    let resolution: Resolution
    let realPath: [UInt8]?

    /// Says where a path led.
    ///
    /// - Parameters:
    ///   - resolution: what is there.
    ///   - realPath: the path below the directory without the links that were followed, as in `a/b`; nil where there
    ///     were none. It is what the node is called then, and where the caller's authority is looked up.
    public init(_ resolution: Resolution, realPath: [UInt8]? = nil) {
        self.resolution = resolution
        self.realPath = realPath
    }
}
