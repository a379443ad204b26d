internal import Bytes
internal import SystemPackage

/// A line written to the file `trigger`, cut into its parts.
///
/// `[!]COMMAND[:COUNT][ if FILTER]`, and for events `[!]enable_event:SYSTEM:EVENT[:COUNT][ if FILTER]`, or another of
/// the commands that name one. Cut as
/// kernel/trace/trace_events_trigger.c does it, where `:`, a space and a tab are the same behind the command.
struct TriggerCommand {
    /// The commands there are, in the order in which the file lists them.
    enum Name: String, CaseIterable {
        case traceOn = "traceon"
        case traceOff = "traceoff"
        case snapshot
        case stackTrace = "stacktrace"
        case enableEvent = "enable_event"
        case disableEvent = "disable_event"
        case enableHistograms = "enable_hist"
        case disableHistograms = "disable_hist"
        /// Cut by ``HistogramCommand``.
        case histogram = "hist"

        /// Whether it names an event.
        var namesEvent: Bool {
            switch self {
            case .enableEvent, .disableEvent, .enableHistograms, .disableHistograms: true
            case .traceOn, .traceOff, .snapshot, .stackTrace, .histogram: false
            }
        }
    }

    let name: Name
    /// Whether a `!` stands before it.
    let removes: Bool
    /// The event that it names: system and name.
    private(set) var target: (system: [UInt8], event: [UInt8])?
    /// How often; nil where it does not say, an empty one where it says nothing behind the colon.
    private var countText: [UInt8]?
    /// What stands behind the parameters, `if` included.
    private var rest: [UInt8]?

    /// Cuts a line.
    ///
    /// - Throws: EINVAL for an unknown command, and one that lacks its event.
    init(_ text: Span<UInt8>) throws(FilterRefusal) {
        let line = text.withoutSpaceAtStart
        let end = Self.firstIndex(in: line) { $0 == 0x3A || $0 == 0x20 || $0 == 0x09 }
        let word = line.extracting(0..<end)
        removes = word.count > 0 && word[0] == 0x21
        let bare = word.extracting((removes ? 1 : 0)..<word.count)
        guard let name = Name.allCases.first(where: { bare.equals($0.rawValue) }) else {
            throw FilterRefusal(.invalidArgument, "there is no such trigger")
        }
        self.name = name
        let behind = line.extracting(min(end + 1, line.count)..<line.count).withoutSpaceAtStart
        if behind.isEmpty {
            if name.namesEvent { throw FilterRefusal(.invalidArgument, "SYSTEM:EVENT is expected") }
            return
        }
        guard name.namesEvent || FilterText.isDigit(behind[0]) else {
            rest = [UInt8](copying: behind)
            return
        }
        let parameter = behind.extracting(0..<Self.firstIndex(in: behind) { $0 == 0x20 || $0 == 0x09 })
        let condition = behind.extracting(min(parameter.count + 1, behind.count)..<behind.count).withoutSpaceAtStart
        if !condition.isEmpty { rest = [UInt8](copying: condition) }
        try take(parameter)
    }

    /// Takes what stands between the command and the condition, which has no space in it.
    private mutating func take(_ parameter: Span<UInt8>) throws(FilterRefusal) {
        var parts: [[UInt8]] = []
        var start = 0
        while start <= parameter.count {
            let end = parameter.firstIndex(of: 0x3A, from: start) ?? parameter.count
            parts.append([UInt8](copying: parameter.extracting(start..<end)))
            start = end + 1
        }
        guard name.namesEvent else {
            countText = parts[0]
            return
        }
        guard parts.count > 1 else { throw FilterRefusal(.invalidArgument, "SYSTEM:EVENT is expected") }
        target = (parts[0], parts[1])
        if parts.count > 2 { countText = parts[2] }
    }

    /// How often it shall work.
    ///
    /// - Throws: EINVAL for what is no number.
    func count() throws(FilterRefusal) -> UInt64 {
        guard let countText else { return Trigger.unlimited }
        let digits = countText.span
        let start = digits.count > 0 && digits[0] == 0x2B ? 1 : 0
        guard let count = KernelInteger.unsigned(digits.extracting(start..<digits.count)) else {
            throw FilterRefusal(.invalidArgument, "a count is a number")
        }
        return count
    }

    /// The filter behind `if`, as it was written; nil where there is none.
    ///
    /// - Throws: EINVAL for something else behind the command, and for an `if` alone.
    func condition() throws(FilterRefusal) -> [UInt8]? {
        guard let rest else { return nil }
        let text = rest.span
        let end = Self.firstIndex(in: text) { $0 == 0x20 || $0 == 0x09 }
        guard text.extracting(0..<end).equals("if"), end < text.count else {
            throw FilterRefusal(.invalidArgument, "nothing but \"if FILTER\" is expected behind it")
        }
        return [UInt8](copying: text.extracting((end + 1)..<text.count))
    }

    private static func firstIndex(in text: Span<UInt8>, where isIt: (UInt8) -> Bool) -> Int {
        for index in text.indices where isIt(text[index]) { return index }
        return text.count
    }
}
