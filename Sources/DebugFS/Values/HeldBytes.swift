internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// How many bytes the strings, blobs and arrays of a file system hold together.
final class HeldBytes: Sendable {
    private let held = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let most: Int

    init(most: Int) { self.most = most }

    var count: Int { held.load(ordering: .relaxed) }

    /// How often there was not as much room.
    var refusedCount: Int { refused.load(ordering: .relaxed) }

    /// Takes room.
    ///
    /// - Throws: ENOSPC where there is not as much.
    func take(_ count: Int) throws(Failure) {
        guard held.add(count, ordering: .relaxed).newValue <= most else {
            held.subtract(count, ordering: .relaxed)
            refused.add(1, ordering: .relaxed)
            throw Failure(.noSpace, "the values of debugfs hold at most \(most) bytes together")
        }
    }

    /// Gives room back.
    func giveBack(_ count: Int) { held.subtract(count, ordering: .relaxed) }
}
