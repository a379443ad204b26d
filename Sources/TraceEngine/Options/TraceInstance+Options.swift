internal import Synchronization
public import SystemPackage

extension TraceInstance {
    /// The options that are set.
    public var options: TraceOptions { TraceOptions(rawValue: optionBits.load(ordering: .relaxed)) }

    /// Whether the tracer's option `test_nop_accept` is set, which all instances share.
    public var acceptsNopOption: Bool { context.options.acceptsNop.load(ordering: .relaxed) }

    /// Sets an option.
    ///
    /// - Throws: `EINVAL` where the top instance shall not be the destination of `trace_printk` any more, `ENODEV` where
    ///   the instance is gone.
    public func set(_ option: TraceOption, _ isOn: Bool) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        let isTaken = context.options.set(option, isOn, of: self) { apply(option, isOn) }
        guard isTaken else { throw .invalidArgument }
        if option == .recordTgid, isOn { context.tasks.recordsTgids = true }
    }

    /// Does what a write to `trace_options` asks for: an option's name, `no` before it clears it.
    ///
    /// - Throws: `EINVAL` for what is no option, and as ``set(_:_:)``.
    public func setOption(named text: String) throws(Errno) {
        let isOn = !text.hasPrefix("no")
        let name = isOn ? text : String(text.dropFirst(2))
        if let option = TraceOption(rawValue: name) { return try set(option, isOn) }
        switch name {
        case "test_nop_accept": try setNopOption(isOn)
        default: throw .invalidArgument
        }
    }

    /// Sets the tracer's option `test_nop_accept`.
    ///
    /// - Throws: `ENODEV` where the instance is gone.
    public func setNopOption(_ isOn: Bool) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        context.options.acceptsNop.store(isOn, ordering: .relaxed)
    }

    /// Notes an option in the set and does no more.
    func note(_ option: TraceOption, _ isOn: Bool) {
        let bits = TraceOptions(option).rawValue
        if isOn {
            optionBits.bitwiseOr(bits, ordering: .relaxed)
        } else {
            optionBits.bitwiseAnd(~bits, ordering: .relaxed)
        }
    }

    /// Notes an option and tells who must know of it; called under the lock of ``SharedOptions``.
    private func apply(_ option: TraceOption, _ isOn: Bool) {
        peek { parts in
            note(option, isOn)
            guard let parts else { return }
            switch option {
            case .overwrite:
                for ring in parts.rings + (parts.snapshot?.spares ?? []) { ring.setOverwrites(isOn) }
            case .stackTrace, .userStackTrace: renewRules(of: parts)
            default: break
            }
        }
    }
}
