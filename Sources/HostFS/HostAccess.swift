internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// What all host trees share: how the system is asked, and how much of it may be asked at a time.
final class HostAccess: Sendable {
    let limits: HostLimits
    let budget: DescriptorBudget
    let errands: Errands
    let waits = StreamPoll()

    init(_ limits: HostLimits) {
        self.limits = limits
        budget = DescriptorBudget(countMax: limits.filesMax)
        errands = Errands(seconds: limits.seconds)
    }

    func close() {
        waits.close()
        errands.close()
    }
}
