internal import Bytes
public import PseudoFS

extension FileSystem {
    /// Directories of the system, each under its name.
    ///
    /// - Parameter trees: all of them; those added later are not seen.
    /// - Returns: the file system.
    public static func hostfs(_ trees: HostTrees) -> FileSystem {
        let entries = trees.trees.map { tree -> DirectoryTableEntry<Always> in
            let table = HostShapes.directory(mode: tree.status.mode, isWritable: tree.isWritable, isTop: true)
            return DirectoryTableEntry<Always>.directory(tree.name, table, isEnteredFromAbove: false) { _ in tree.top()
            }
        }
        return FileSystem(
            type: "hostfs",
            root: DirectoryTable<Always>(summary: "Directories of the system.", entries: entries),
            context: Always(identity: Hash64.of("hostfs".utf8Span.span, seed: 3)))
    }
}
