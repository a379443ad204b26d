internal import Bytes

/// Names of events with wildcards: `sched/*`, `*/order_*`, `sched_switch`.
///
/// Before the slash stands the system, behind it the event; without a slash it is the event, of any system. Wildcards
/// are those of the kernel's filters: `*`, `?`, `[a-z]`, `[!a-z]`. A value.
public struct EventPattern: Sendable, Equatable {
    private let system: [UInt8]
    private let name: [UInt8]

    /// Reads a pattern; nil for one with an empty part or with two slashes.
    public init?(_ text: Span<UInt8>) {
        if let slash = text.firstIndex(of: 0x2F) {
            guard text.firstIndex(of: 0x2F, from: slash + 1) == nil else { return nil }
            system = [UInt8](copying: text.extracting(0..<slash))
            name = [UInt8](copying: text.extracting((slash + 1)..<text.count))
        } else {
            system = [0x2A]
            name = [UInt8](copying: text)
        }
        if system.isEmpty || name.isEmpty { return nil }
    }

    /// Whether an event is one of those.
    public func matches(system: String, name: String) -> Bool {
        KernelGlob.matches(system.utf8Span.span, self.system.span)
            && KernelGlob.matches(name.utf8Span.span, self.name.span)
    }
}
