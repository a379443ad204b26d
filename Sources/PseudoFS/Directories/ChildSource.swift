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
                cursor: { binding in
                    let context = Context.of(binding)
                    let items = items(context)
                    return SnapshotCursor(
                        count: items.count, name: { name(items[$0]) }, binding: { bind(context, items[$0])?.binding })
                }))
    }

    /// Files whose names are numbers, listed in the order of the numbers: the pages of a pool.
    ///
    /// There may be any number of them: none is looked at before its turn, and a node that is made for one is gone
    /// with the call that made it.
    ///
    /// - Parameters:
    ///   - file: what each of them is.
    ///   - bind: a file's context by its number, whether a listing has it or not: what is not there yet can be
    ///     written. A name that is no number in plain decimal, without leading zeros, is not there; a number beyond
    ///     `Int.max` comes as that.
    ///   - next: the first number that a listing has, from this one on.
    /// - Returns: the entries.
    @inlinable
    public static func numberedFiles<Child: NodeContext>(
        _ file: File<Child>, bind: @escaping @Sendable (Context, Int) -> Child,
        next: @escaping @Sendable (Context, Int) -> Int?
    ) -> ChildSource<Context> {
        ChildSource(
            ChildDefinition(
                file: file.definition,
                find: { bound, name in
                    guard let number = NumberedCursor.number(name) else { return nil }
                    return bind(Context.of(bound.binding), number).binding
                },
                cursor: { binding in
                    let context = Context.of(binding)
                    return NumberedCursor(next: { next(context, $0) }, binding: { bind(context, $0).binding })
                }))
    }
}

/// What a ``ChildSource`` comes to when its types are taken away.
@usableFromInline
final class ChildDefinition: Sendable {
    /// What each of them is.
    let entry: EntryDefinition
    let find: @Sendable (SharedBinding, Span<UInt8>) -> Binding?
    let cursor: @Sendable (Binding) -> any ChildCursor

    @usableFromInline
    init(
        table: DirectoryDefinition, find: @escaping @Sendable (SharedBinding, Span<UInt8>) -> Binding?,
        cursor: @escaping @Sendable (Binding) -> any ChildCursor
    ) {
        entry = EntryDefinition(name: "", directory: table, bind: nil)
        self.find = find
        self.cursor = cursor
    }

    @usableFromInline
    init(
        file: FileDefinition, find: @escaping @Sendable (SharedBinding, Span<UInt8>) -> Binding?,
        cursor: @escaping @Sendable (Binding) -> any ChildCursor
    ) {
        entry = EntryDefinition(name: "", file: file, isKept: false)
        self.find = find
        self.cursor = cursor
    }
}
