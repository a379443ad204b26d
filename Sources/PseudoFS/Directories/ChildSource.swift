/// The entries of a directory that the model gives: found by name, listed in order, never stored here.
public struct ChildSource<Context: NodeContext>: Sendable {
    @usableFromInline let definition: ChildDefinition

    @inlinable init(_ definition: ChildDefinition) { self.definition = definition }

    /// Directories, one for each item that the model knows.
    ///
    /// - Parameters:
    ///   - table: their shape.
    ///   - find: the child's context by its name; called for each walk that comes by, so it must be fast.
    ///   - items: what there is, sorted by the bytes of the name: a snapshot, which the listing holds on to.
    ///   - name: an item's name.
    ///   - bind: an item's context; nil where it has gone meanwhile.
    /// - Returns: the entries.
    @inlinable
    public static func directories<Item: Sendable, Child: NodeContext>(
        _ table: DirectoryTable<Child>, find: @escaping @Sendable (Context, Span<UInt8>) -> Child?,
        items: @escaping @Sendable (Context) -> [Item], name: @escaping @Sendable (Item) -> String,
        bind: @escaping @Sendable (Context, Item) -> Child?
    ) -> ChildSource<Context> {
        ChildSource(
            ChildDefinition(
                table: table.definition,
                find: { bound, name in
                    guard let child = find(Context.of(bound.binding), name) else { return nil }
                    return child.binding
                },
                list: { binding in
                    let context = Context.of(binding)
                    let items = items(context)
                    return ChildList(
                        count: items.count, name: { name(items[$0]) }, binding: { bind(context, items[$0])?.binding })
                }))
    }
}

/// What a ``ChildSource`` comes to when its types are taken away.
@usableFromInline
final class ChildDefinition: Sendable {
    /// What each of them is.
    let entry: EntryDefinition
    let find: @Sendable (SharedBinding, Span<UInt8>) -> Binding?
    let list: @Sendable (Binding) -> ChildList

    @usableFromInline
    init(
        table: DirectoryDefinition, find: @escaping @Sendable (SharedBinding, Span<UInt8>) -> Binding?,
        list: @escaping @Sendable (Binding) -> ChildList
    ) {
        entry = EntryDefinition(name: "", directory: table, bind: nil)
        self.find = find
        self.list = list
    }
}

/// A snapshot of the children of one directory, in order.
@usableFromInline
struct ChildList: Sendable {
    let count: Int
    let name: @Sendable (Int) -> String
    let binding: @Sendable (Int) -> Binding?

    @usableFromInline
    init(
        count: Int, name: @escaping @Sendable (Int) -> String, binding: @escaping @Sendable (Int) -> Binding?
    ) {
        self.count = count
        self.name = name
        self.binding = binding
    }
}
