internal import Locking
public import SystemPackage

extension PagePool {
    /// Whether the limit follows how scarce memory is.
    public var isMemLimitAuto: Bool { limitKeeper.isAuto }

    /// Has the limit follow how scarce memory is, from half of what there is downwards.
    ///
    /// Without a backing store it never goes below what is held.
    ///
    /// - Throws: ENODEV where the pool was removed.
    public func setMemLimitAuto() throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        limitKeeper.follow(self, isTold: pressure.listen())
    }

    /// Has the limit stay what it is.
    public func fixMemLimit() { limitKeeper.rest() }

    /// Sets a limit; where so much cannot go, what is held is the limit.
    func forceLimit(_ pages: Int) {
        if !held.setLimit(pages) {
            trimShards()
            if !held.setLimit(pages) {
                if canSpill(downTo: pages) {
                    _ = held.setLimit(pages, isForced: true)
                } else {
                    held.setLimitToHeld()
                }
            }
        }
        if held.wake.isSet { spiller.heed(self) }
    }

    /// Tells that the limit is another one.
    func tellLimit(from old: Int, _ reason: String) {
        let new = held.limit
        if new == old { return }
        func bytes(_ pages: Int) -> UInt64 { pages == .max ? 0 : UInt64(pages) << 12 }
        probe?.limitChanged(pool: name, from: bytes(old), to: bytes(new), reason: reason)
    }
}
