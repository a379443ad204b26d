internal import Bytes
internal import PseudoFS

/// An open file whose JSON is indented while it is read.
final class IndentedFile: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private let file: any OpenFile
    private var indenter = JSONIndenter()
    private var compact = ByteBuffer(capacity: 4096)
    private var isFinished = false

    init(_ file: any OpenFile) { self.file = file }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        if isFinished { return .end }
        compact.removeAll()
        let step = file.read(into: &compact, limit: limit)
        indenter.append(compact.span, to: &buffer)
        if step == .end {
            indenter.finish(to: &buffer)
            isFinished = true
        }
        return step
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { file.onReadable(wake) }
    func close() { file.close() }
    var failure: Failure? { file.failure }
    var timeoutSeconds: Double? { file.timeoutSeconds }
}
