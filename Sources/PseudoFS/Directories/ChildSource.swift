/// The entries of a directory that the model gives: found by name, listed in order, never stored here.
public class ChildSource<Context: NodeContext>: @unchecked Sendable {
    // Sendable: the one subclass has only immutable, Sendable members.

    init() {}

    func node(named name: Span<UInt8>, at place: Node.Place, in context: Context) -> Node? { fatalError("abstract") }
    func list(in context: Context) -> any ChildList { fatalError("abstract") }

    /// Directories, one for each item that the model knows.
    ///
    /// - Parameters:
    ///   - table: their shape.
    ///   - find: the child's context by its name; called for each walk that comes by, so it must be fast.
    ///   - items: what there is, sorted by the bytes of the name: a snapshot, which the listing holds on to.
    ///   - name: an item's name.
    ///   - bind: an item's context; nil where it has gone meanwhile.
    public static func directories<Item: Sendable, Child: NodeContext>(
        _ table: DirectoryTable<Child>, find: @escaping @Sendable (Context, Span<UInt8>) -> Child?,
        items: @escaping @Sendable (Context) -> [Item], name: @escaping @Sendable (Item) -> String,
        bind: @escaping @Sendable (Context, Item) -> Child?
    ) -> ChildSource<Context> {
        DirectoryChildren(table: table, find: find, items: items, name: name, bind: bind)
    }
}

/// A snapshot of the children of one directory, in order.
protocol ChildList: Sendable {
    var count: Int { get }
    var declaration: Declaration { get }
    func name(at index: Int) -> String
    func isGone(at index: Int) -> Bool
    func reader(at index: Int) -> (any DirectoryReader)?
}

final class DirectoryChildren<Context: NodeContext, Item: Sendable, Child: NodeContext>:
    ChildSource<Context>, @unchecked Sendable
{
    let table: DirectoryTable<Child>
    let find: @Sendable (Context, Span<UInt8>) -> Child?
    let items: @Sendable (Context) -> [Item]
    let name: @Sendable (Item) -> String
    let bind: @Sendable (Context, Item) -> Child?

    init(
        table: DirectoryTable<Child>, find: @escaping @Sendable (Context, Span<UInt8>) -> Child?,
        items: @escaping @Sendable (Context) -> [Item], name: @escaping @Sendable (Item) -> String,
        bind: @escaping @Sendable (Context, Item) -> Child?
    ) {
        self.table = table
        self.find = find
        self.items = items
        self.name = name
        self.bind = bind
    }

    override func node(named name: Span<UInt8>, at place: Node.Place, in context: Context) -> Node? {
        find(context, name).map { DirectoryNode(table: table, context: $0, at: place) }
    }

    override func list(in context: Context) -> any ChildList {
        List(source: self, context: context, items: items(context))
    }

    struct List: ChildList {
        let source: DirectoryChildren
        let context: Context
        let items: [Item]

        var count: Int { items.count }
        var declaration: Declaration { source.table.declaration }
        func name(at index: Int) -> String { source.name(items[index]) }
        func isGone(at index: Int) -> Bool { source.bind(context, items[index])?.isDead ?? true }
        func reader(at index: Int) -> (any DirectoryReader)? {
            guard let child = source.bind(context, items[index]), !child.isDead else { return nil }
            return BoundDirectoryReader(table: source.table, context: child)
        }
    }
}
