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
    let fileBytesRefused = RefusalCount()

    init(_ limits: HostLimits) {
        self.limits = limits
        budget = DescriptorBudget(countMax: limits.filesMax)
        errands = Errands(seconds: limits.seconds)
    }

    var refusals: HostRefusals {
        var refusals = HostRefusals()
        refusals.fileBytes = fileBytesRefused.value
        refusals.files = budget.refused.value
        refusals.seconds = errands.refused.value
        return refusals
    }

    func close() {
        waits.close()
        errands.close()
    }
}
