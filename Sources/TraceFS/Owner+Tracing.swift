public import PseudoFS
public import TraceEngine

extension Owner {
    /// Has an instance go with this owner.
    ///
    /// ```swift
    /// let instance = try engine.createInstance(name: "shop")
    /// owner.adopt(instance, in: engine)
    /// ```
    ///
    /// - Parameters:
    ///   - instance: which one; forgotten by the owner where it is removed otherwise.
    ///   - engine: whose it is.
    /// - Returns: false where the owner has been released: the instance is gone then.
    @discardableResult
    public func adopt(_ instance: TraceInstance, in engine: TraceEngine) -> Bool {
        // It may have gone otherwise in that very moment.
        let adoption = adopt { [weak instance] in if let instance { try? engine.removeInstance(instance) } }
        guard let adoption else { return false }
        instance.whenRemoved { adoption.end() }
        return true
    }
}
