internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// Lists a directory of a host tree: its names in order, and what each is, looked at only when its turn comes.
final class HostCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.

    /// Entries that are looked at together.
    private static let batchCount = 64

    private let directory: HostNode
    /// nil where the directory cannot be read: it has no entries then.
    private var window: NameWindow?
    /// Looked at and not given yet, the next one last.
    private var batch: [HostNode] = []

    init(_ directory: HostNode) {
        self.directory = directory
        window = try? directory.openWindow()
    }

    func next() -> (name: String, resolution: Resolution)? {
        if batch.isEmpty, let window {
            let directory = directory
            do throws(Failure) {
                batch = try directory.tree.access.errands.run { () throws(Failure) in
                    try directory.entries(from: window, countMax: Self.batchCount)
                }.reversed()
                if batch.isEmpty { self.window = nil }
            } catch {
                // It was removed, or whoever reads it was given up and may still be at it.
                self.window = nil
            }
        }
        guard let entry = batch.popLast() else { return nil }
        let name = entry.name
        return (String(repairing: name.span), HostShapes.resolution(of: entry))
    }

    func seek(after name: Span<UInt8>) {
        batch = []
        window?.seek(after: [UInt8](copying: name))
    }
}
