internal import Synchronization

/// A print fmt that is compiled when it is first needed: of 2,323 events of a kernel, a session shows a dozen.
///
/// Several threads may compile at once; the first result wins and the others are dropped.
final class PrintCompilation: Sendable {
    /// What compiling gave.
    final class Result: Sendable {
        let format: PrintFormat
        let problem: FormatError?

        init(format: PrintFormat, problem: FormatError?) {
            self.format = format
            self.problem = problem
        }
    }

    private let text: [UInt8]
    private let fields: [EventField]
    private let compiled = AtomicLazyReference<Result>()

    init(text: [UInt8], fields: [EventField]) {
        self.text = text
        self.fields = fields
    }

    var result: Result {
        if let result = compiled.load() { return result }
        return compiled.storeIfNil(compile())
    }

    private func compile() -> Result {
        do {
            return Result(format: try PrintFormat(compiling: shown, fields: fields), problem: nil)
        } catch {
            return Result(format: PrintFormat(showing: fields), problem: error)
        }
    }

    /// The text to compile: the kernel shows the addresses of probes with `0x`, whatever their print fmt says.
    private var shown: [UInt8] {
        let fields = fields.map(\.name)
        guard fields.contains("__probe_ip") || fields.contains("__probe_ret_ip") else { return text }
        for (head, replacement) in [("\"(%lx)", "\"(0x%lx)"), ("\"(%lx <- %lx)", "\"(0x%lx <- 0x%lx)")]
        where text.starts(with: head.utf8) {
            return Array(replacement.utf8) + text.dropFirst(head.utf8.count)
        }
        return text
    }
}
