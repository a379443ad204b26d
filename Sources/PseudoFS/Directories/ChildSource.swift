public import Bytes

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
        uniform(EntryShape.directory(table), find: find, items: items, name: name, bind: bind)
    }

    /// Files, one for each name that the model gives: a clock for each time zone.
    ///
    /// - Parameters:
    ///   - file: what each of them is.
    ///   - names: what there is, in any order; a listing sorts them and holds on to them.
    ///   - bind: a file's context by its name; nil where there is none. Called for each walk that comes by.
    /// - Returns: the entries.
    @inlinable
    public static func files<Child: NodeContext>(
        _ file: File<Child>, names: @escaping @Sendable (Context) -> [String],
        bind: @escaping @Sendable (Context, String) -> Child?
    ) -> ChildSource<Context> {
        uniform(
            EntryShape.file(file), find: { context, name in String(exactly: name).flatMap { bind(context, $0) } },
            items: { names($0).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }, name: { $0 }, bind: bind)
    }

    @inlinable
    static func uniform<Item: Sendable, Child: NodeContext>(
        _ shape: EntryShape<Child>, find: @escaping @Sendable (Context, Span<UInt8>) -> Child?,
        items: @escaping @Sendable (Context) -> [Item], name: @escaping @Sendable (Item) -> String,
        bind: @escaping @Sendable (Context, Item) -> Child?
    ) -> ChildSource<Context> {
        let entry = shape.definition
        return ChildSource(
            ChildDefinition(
                .uniform(
                    entry,
                    { bound, name in
                        guard let child = find(Context.of(bound.binding), name) else { return nil }
                        return child.binding
                    }),
                cursor: { binding, _ in
                    let context = Context.of(binding)
                    let items = items(context)
                    return SnapshotCursor(
                        entry, count: items.count, name: { name(items[$0]) },
                        binding: { bind(context, items[$0])?.binding })
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
        let entry = EntryShape.file(file, isKept: false).definition
        return ChildSource(
            ChildDefinition(
                .uniform(
                    entry,
                    { bound, name in
                        guard let number = NumberedCursor.number(name) else { return nil }
                        return bind(Context.of(bound.binding), number).binding
                    }),
                cursor: { binding, _ in
                    let context = Context.of(binding)
                    return NumberedCursor(entry, next: { next(context, $0) }, binding: { bind(context, $0).binding })
                }))
    }

    /// Entries of any kind, each of which says what it is when it is looked at: the values of debugfs.
    ///
    /// - Parameters:
    ///   - find: what a name leads to; nil where there is none. Called for each walk that comes by.
    ///   - entries: opens a cursor on what there is.
    /// - Returns: the entries.
    @inlinable
    public static func resolved(
        find: @escaping @Sendable (Context, Span<UInt8>) throws(Failure) -> Resolution?,
        entries: @escaping @Sendable (Context) -> any EntryCursor
    ) -> ChildSource<Context> {
        ChildSource(
            ChildDefinition(
                .resolved({ binding, name throws(Failure) in try find(Context.of(binding), name) }),
                cursor: { binding, _ in entries(Context.of(binding)) }))
    }

    /// Entries in a tree that resolves paths itself: a directory of the host.
    ///
    /// The walk hands over all names that follow this directory's at once, and keeps no node of them.
    ///
    /// - Parameters:
    ///   - resolve: what a path leads to: `a/b/c`, decoded, without empty names, `.` and `..`.
    ///   - entries: opens a cursor on what stands in this directory.
    /// - Returns: the entries.
    @inlinable
    public static func paths(
        resolve: @escaping @Sendable (Context, Span<UInt8>, Caller) throws(Failure) -> PathResolution,
        entries: @escaping @Sendable (Context) -> any EntryCursor
    ) -> ChildSource<Context> {
        ChildSource(
            ChildDefinition(
                .paths({ binding, path, caller throws(Failure) in try resolve(Context.of(binding), path, caller) }),
                cursor: { binding, _ in entries(Context.of(binding)) }))
    }
}

/// What a ``ChildSource`` comes to when its types are taken away.
@usableFromInline
final class ChildDefinition: Sendable {
    /// How a child is found.
    @usableFromInline
    enum Lookup: Sendable {
        /// By its name; all are of one kind.
        case uniform(EntryDefinition, @Sendable (SharedBinding, Span<UInt8>) -> Binding?)
        /// By its name; each says what it is.
        case resolved(@Sendable (Binding, Span<UInt8>) throws(Failure) -> Resolution?)
        /// With everything that follows in the path.
        case paths(@Sendable (Binding, Span<UInt8>, Caller) throws(Failure) -> PathResolution)
        /// In another place of the tree.
        case branches(@Sendable (Binding) -> UnionDirectory)
    }

    let lookup: Lookup
    let cursor: @Sendable (Binding, Look) -> any EntryCursor

    @usableFromInline
    init(_ lookup: Lookup, cursor: @escaping @Sendable (Binding, Look) -> any EntryCursor) {
        self.lookup = lookup
        self.cursor = cursor
    }
}
