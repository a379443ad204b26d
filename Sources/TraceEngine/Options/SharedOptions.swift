internal import Locking
internal import Synchronization

/// What options of one instance have to do with other instances: who gets copies of the top markers, and who is the
/// one destination of `trace_printk`.
///
/// Any thread. The lock serialises every change of an option in the engine; it comes before the instances' locks, and is
/// never taken by writers of events.
final class SharedOptions: Sendable {
    private struct Reference: Sendable {
        weak let instance: TraceInstance?
    }

    private struct State: Sendable {
        var top: Reference?
        /// The newest first, as the kernel's list.
        var copies: [Reference] = []
        var printk: Reference?
    }

    private let state = Locked(State())
    /// The option of the tracer `nop` that can be set: there is one for all instances.
    let acceptsNop = Atomic<Bool>(false)

    /// Names the top instance, which is both at first.
    func begin(with top: TraceInstance) {
        state.withLock { state in
            state.top = Reference(instance: top)
            state.copies = [Reference(instance: top)]
            state.printk = Reference(instance: top)
        }
    }

    /// The instances that markers of the top one go to.
    var markerTargets: [TraceInstance] { state.withLock { $0.copies.compactMap(\.instance) } }

    /// Changes an option of an instance.
    ///
    /// - Parameters:
    ///   - option: which.
    ///   - isOn: what it is to be.
    ///   - instance: whose.
    ///   - change: sets it in the instance's own set.
    /// - Returns: false where the kernel refuses it: the top instance cannot stop being the destination of
    ///   `trace_printk`.
    func set(_ option: TraceOption, _ isOn: Bool, of instance: TraceInstance, _ change: () -> Void) -> Bool {
        state.withLock { state in
            if instance.options.has(option) == isOn { return true }
            switch option {
            case .tracePrintkDestination:
                let holder = state.printk?.instance
                if !isOn, instance === state.top?.instance { return false }
                if isOn { holder?.note(.tracePrintkDestination, false) }
                let next = isOn ? instance : state.top?.instance
                state.printk = Reference(instance: next)
                next?.note(.tracePrintkDestination, true)
            case .copyTraceMarker:
                state.copies.removeAll { $0.instance == nil || $0.instance === instance }
                if isOn { state.copies.insert(Reference(instance: instance), at: 0) }
            default: break
            }
            change()
            return true
        }
    }

    /// Forgets an instance that is removed.
    func forget(_ instance: TraceInstance) {
        state.withLock { state in
            state.copies.removeAll { $0.instance == nil || $0.instance === instance }
            instance.note(.tracePrintkDestination, false)
            guard state.printk?.instance === instance else { return }
            state.printk = state.top
            state.top?.instance?.note(.tracePrintkDestination, true)
        }
    }
}
