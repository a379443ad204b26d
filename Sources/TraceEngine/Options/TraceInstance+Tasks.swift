internal import Bytes
public import SystemPackage

extension TraceInstance {
    /// The pids beyond which a list takes none: 2^30, as the kernel's.
    public static let pidMax: UInt32 = 1 << 30

    /// `set_event_pid`: only records of these tasks are taken, unless there are none; sorted.
    public var tracedTasks: [Int32] { peek { $0?.listened.traced ?? [] } }

    /// `set_event_notrace_pid`: records of these tasks are not taken; sorted.
    public var untracedTasks: [Int32] { peek { $0?.listened.untraced ?? [] } }

    /// Adds pids to one of the two lists, all or none. Records that are written when it returns follow the new list.
    ///
    /// - Parameters:
    ///   - text: pids with white space between them, in any base: `16 0x10`.
    ///   - untraced: whether to ``untracedTasks``.
    /// - Throws: `EINVAL` for what is no number, `EPERM` for one from ``pidMax`` on, `ENODEV` where the instance is gone.
    public func addTasks(_ text: Span<UInt8>, untraced: Bool) throws(Errno) {
        let added = try Self.pids(text)
        if added.isEmpty { return }
        try changeTasks(untraced: untraced) { list in Set(list).union(added).sorted() }
    }

    /// Empties one of the two lists.
    ///
    /// - Throws: `ENODEV` where the instance is gone.
    public func clearTasks(untraced: Bool) throws(Errno) {
        try changeTasks(untraced: untraced) { _ in [] }
    }

    private func changeTasks(untraced: Bool, _ body: ([Int32]) -> [Int32]) throws(Errno) {
        context.outside.deliver()
        try withTouchedParts { parts throws(Errno) in
            let before = parts.listened
            if untraced {
                parts.listened.untraced = body(before.untraced)
            } else {
                parts.listened.traced = body(before.traced)
            }
            if parts.listened != before { renewRules(of: parts) }
        }
    }

    private static func pids(_ text: Span<UInt8>) throws(Errno) -> [Int32] {
        var pids: [Int32] = []
        var start = 0
        while start < text.count {
            while start < text.count, FilterText.isSpace(text[start]) { start += 1 }
            var end = start
            while end < text.count, !FilterText.isSpace(text[end]) { end += 1 }
            if end > start {
                let digits = text.extracting(start..<end)
                let sign = digits[0] == 0x2B ? 1 : 0
                guard let value = KernelInteger.unsigned(digits.extracting(sign..<digits.count)) else {
                    throw .invalidArgument
                }
                // The kernel's pid has 32 bits, and takes what is left of the number.
                let pid = UInt32(truncatingIfNeeded: value)
                guard pid < pidMax else { throw .notPermitted }
                pids.append(Int32(bitPattern: pid))
            }
            start = end
        }
        return pids
    }
}
