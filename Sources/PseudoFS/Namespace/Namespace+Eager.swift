internal import Bytes

/// Telling of what comes and goes: nodes of eager mounts are made and forgotten then. Elsewhere this costs a branch.
extension Namespace {
    /// To be told after an entry was made in a directory, through the tree or in process.
    ///
    /// - Parameters:
    ///   - name: the entry's.
    ///   - directory: where it stands.
    public func added(_ name: String, in directory: Node) {
        if let eager {
            let directory = directory.path
            let path = directory.joined(with: name)
            eager.add(path.span)
        }
        changed(directory)
    }

    /// To be told after entries came or went in process, wherever that was: eager mounts are gone through whole. Until
    /// then what has come is found just in time, and what has gone is found to have gone.
    public func refresh() { eager?.refresh() }
}
