public import PagePool
public import PseudoFS

extension Owner {
    /// Has a pool go with this owner, with every page in it.
    ///
    /// - Parameters:
    ///   - pool: which one; forgotten by the owner where it is removed otherwise.
    ///   - pools: whose it is.
    /// - Returns: false where the owner has been released: the pool is gone then.
    @discardableResult
    public func adopt(_ pool: PagePool, in pools: PagePools) -> Bool {
        // It may have gone otherwise in that very moment.
        let adoption = adopt { [weak pool] in if let pool { try? pools.remove(pool) } }
        guard let adoption else { return false }
        pool.whenRemoved { adoption.end() }
        return true
    }
}
