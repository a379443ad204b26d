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
            return Result(format: try PrintFormat(compiling: text, fields: fields), problem: nil)
        } catch {
            return Result(format: PrintFormat(showing: fields), problem: error)
        }
    }
}
