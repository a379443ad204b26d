/// A fixed entry of a directory: a name and what it resolves to.
public struct DirectoryTableEntry<Context: NodeContext>: Sendable {
    enum Target: Sendable {
        case file(File<Context>)
        case directory(Subdirectory<Context>)
    }

    let name: String
    let target: Target
    let line: EntryLine

    /// A file.
    public static func file(_ name: String, _ file: File<Context>) -> DirectoryTableEntry {
        DirectoryTableEntry(name: name, target: .file(file), line: EntryLine(name, file.declaration))
    }

    /// A directory.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - table: its shape.
    ///   - bind: its context, made from this directory's; nil where this one has no such directory.
    public static func directory<Child: NodeContext>(
        _ name: String, _ table: DirectoryTable<Child>, bind: @escaping @Sendable (Context) -> Child?
    ) -> DirectoryTableEntry {
        DirectoryTableEntry(
            name: name, target: .directory(BoundSubdirectory(table: table, bind: bind)),
            line: EntryLine(name, table.declaration))
    }

    /// A directory of the same context.
    public static func directory(_ name: String, _ table: DirectoryTable<Context>) -> DirectoryTableEntry {
        directory(name, table) { $0 }
    }

    var declaration: Declaration {
        switch target {
        case .file(let file): file.declaration
        case .directory(let directory): directory.declaration
        }
    }

    /// Whether this context has the entry at all.
    func exists(in context: Context) -> Bool {
        switch target {
        case .file(let file): file.exists?(context) ?? true
        case .directory(let directory): directory.exists(in: context)
        }
    }
}

/// A directory below another, whatever its own context is.
class Subdirectory<Context: NodeContext>: @unchecked Sendable {
    // Sendable: the one subclass has only immutable, Sendable members.
    let declaration: Declaration
    init(declaration: Declaration) { self.declaration = declaration }
    func exists(in context: Context) -> Bool { fatalError("abstract") }
    func node(at place: Node.Place, in context: Context) -> Node? { fatalError("abstract") }
    func reader(in context: Context) -> (any DirectoryReader)? { fatalError("abstract") }
}

final class BoundSubdirectory<Context: NodeContext, Child: NodeContext>: Subdirectory<Context>, @unchecked Sendable {
    private let table: DirectoryTable<Child>
    private let bind: @Sendable (Context) -> Child?

    init(table: DirectoryTable<Child>, bind: @escaping @Sendable (Context) -> Child?) {
        self.table = table
        self.bind = bind
        super.init(declaration: table.declaration)
    }

    override func exists(in context: Context) -> Bool { bind(context) != nil }

    override func node(at place: Node.Place, in context: Context) -> Node? {
        bind(context).map { DirectoryNode(table: table, context: $0, at: place) }
    }

    override func reader(in context: Context) -> (any DirectoryReader)? {
        bind(context).map { BoundDirectoryReader(table: table, context: $0) }
    }
}
