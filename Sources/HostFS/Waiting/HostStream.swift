internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// A host file that waits for what comes and takes it away: `trace_pipe`, `kmsg`.
///
/// Read with `O_NONBLOCK`; while there is nothing ``StreamPoll`` waits for it. In NDJSON a line is `{"value":"…"}`.
/// With `?count` no more is taken than that many lines: so many bytes have no more lines than that, and are all that is
/// asked for at a time.
final class HostStream: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time; what others touch is under a lock.

    /// A wake-up that may come before it is known whom it wakes.
    private struct WakeUp: Sendable {
        var wake: (@Sendable () -> Void)?
        var hasCome = false
    }

    /// A line beyond this comes in pieces.
    private static let lineBytesMax = 64 << 10

    /// nil once it is closed: the kernel counts its readers by open files.
    private let file: Locked<Descriptor?>
    private let waits: StreamPoll
    private let id: UInt64
    private let form: Form
    /// The kernel's poll on a stream of one CPU waits until `buffer_percent` of its buffer are full, where a read that
    /// waits would have the first record (6.18).
    private let isLate: Bool
    private var left: UInt64
    private var line = ByteBuffer()
    private let wakeUp = Locked(WakeUp())
    let timeoutSeconds: Double?
    private(set) var failure: Failure?

    /// - Parameters:
    ///   - file: open with `O_NONBLOCK`.
    ///   - waits: what waits.
    ///   - isLate: whether poll tells late of it.
    ///   - request: in which form, how many lines, how long.
    init(_ file: Descriptor, _ waits: StreamPoll, isLate: Bool, _ request: ReadRequest) {
        self.file = Locked(file)
        self.waits = waits
        id = waits.number()
        self.isLate = isLate
        form = request.form
        left = request.arguments.integer("count") ?? .max
        timeoutSeconds = request.arguments.seconds("timeout")
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        guard let file = file.withLock({ $0 }) else { return .end }
        while buffer.count < end {
            guard left > 0 else { return .end }
            var chunk = ByteBuffer()
            do throws(Failure) {
                let room = min(end - buffer.count, Int(clamping: left))
                switch try file.read(into: &chunk, limit: room) {
                case .none:
                    try wait(for: file)
                    return .wouldBlock
                case .some(0):
                    if !line.isEmpty { endLine(into: &buffer) }
                    return .end
                case .some: take(chunk.span, into: &buffer)
                }
            } catch {
                failure = error
                return .end
            }
        }
        return left > 0 ? .more : .end
    }

    private func take(_ chunk: Span<UInt8>, into buffer: inout ByteBuffer) {
        if form == .bytes { return buffer.append(chunk) }
        var start = 0
        while start < chunk.count {
            let end = chunk.firstIndex(of: 0x0A, from: start)
            let rest = chunk.extracting(start..<(end ?? chunk.count))
            if form == .text {
                buffer.append(rest)
                if end != nil { buffer.append(0x0A) }
            } else {
                line.append(rest)
                if end != nil || line.count >= Self.lineBytesMax { endLine(into: &buffer) }
            }
            if end != nil, left != .max { left -= 1 }
            start = (end ?? chunk.count) + 1
        }
    }

    private func endLine(into buffer: inout ByteBuffer) {
        buffer.append("{\"value\":")
        buffer.append(jsonString: line.span)
        buffer.append("}\n")
        line.removeAll()
    }

    /// Has it waited for, unless who asked wants none of that: it is told that there is nothing.
    private func wait(for file: Descriptor) throws(Failure) {
        if timeoutSeconds == 0 { return }
        try waits.wait(for: file, as: id, isLate: isLate) { [weak self] in self?.isReadable() }
    }

    private func isReadable() {
        let wake = wakeUp.withLock { wakeUp in
            wakeUp.hasCome = wakeUp.wake == nil
            return wakeUp.wake
        }
        wake?()
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) {
        let hasCome = wakeUp.withLock { wakeUp in
            defer { wakeUp.hasCome = false }
            wakeUp.wake = wake
            return wakeUp.hasCome
        }
        if hasCome { wake?() }
    }

    func close() {
        wakeUp.withLock { $0.wake = nil }
        waits.cancel(id)
        file.withLock { $0 = nil }
    }
}
