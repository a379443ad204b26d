internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// How many descriptors host trees may have open at a time, all of them together: a limit of ours comes before the
/// process's, which every connection shares.
final class DescriptorBudget: Sendable {
    private let taken = Atomic<Int>(0)
    let countMax: Int
    let refused = RefusalCount()

    init(countMax: Int) { self.countMax = countMax }

    /// How many are open.
    var count: Int { taken.load(ordering: .relaxed) }

    /// Takes a place.
    ///
    /// - Throws: EMFILE where there is none.
    func take() throws(Failure) {
        if taken.add(1, ordering: .relaxed).newValue > countMax {
            giveBack()
            refused.add()
            throw Failure(.tooManyOpenFiles, "host trees have \(countMax) files open, which is the limit host_files")
        }
    }

    func giveBack() { taken.subtract(1, ordering: .relaxed) }
}
