internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// One line of text, replaced whole by a write.
final class StringEntry: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the text is under a lock of its own, which is a leaf.
    private let text: Locked<[UInt8]>
    private let held: HeldBytes
    private let most: Int

    /// - Throws: EINVAL, EFBIG, ENOSPC.
    init(
        name: EntryName, mode: UInt16, identity: UInt64, text: [UInt8], held: HeldBytes, limits: DebugLimits
    ) throws(Failure) {
        let text = try Self.checked(text, most: limits.stringBytesMax)
        try held.take(text.count)
        self.text = Locked(text)
        self.held = held
        most = limits.stringBytesMax
        super.init(name: name, type: .str, mode: mode, identity: identity)
    }

    deinit { held.giveBack(text.withLock { $0.count }) }

    /// The line as the kernel keeps it: without white space at its end (`strim`). Of ASCII only, for the kernel's own
    /// `isspace` would cut a UTF-8 `à` in two.
    private static func checked(_ text: [UInt8], most: Int) throws(Failure) -> [UInt8] {
        guard text.count <= most else {
            throw Failure(.fileTooLarge, "a string has at most \(most) bytes", subject: .content)
        }
        guard !text.contains(0) else {
            throw Failure(.invalidArgument, "a string has no NUL", subject: .content)
        }
        var end = text.count
        while end > 0, text[end - 1] == 0x20 || (text[end - 1] >= 0x09 && text[end - 1] <= 0x0D) { end -= 1 }
        return Array(text[..<end])
    }

    var bytes: [UInt8] { text.withLock { $0 } }

    /// Replaces it.
    ///
    /// - Throws: EINVAL, EFBIG, ENOSPC; it is as it was then.
    func replace(by new: [UInt8]) throws(Failure) {
        let new = try Self.checked(new, most: most)
        try held.take(new.count)
        let before = text.withLock { text in
            defer { text = new }
            return text.count
        }
        held.giveBack(before)
    }

    override func value() -> Value { .text(String(repairing: bytes.span)) }

    override func appendText(to out: inout ByteBuffer) {
        out.append(bytes.span)
        out.append(0x0A)
    }

    override func write(_ bytes: Span<UInt8>) throws(Failure) { try replace(by: [UInt8](copying: bytes)) }
}
