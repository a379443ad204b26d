internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// A file that is kept by its file system, rendered while it is read.
///
/// As it was long when it was opened: what is appended meanwhile is left out, and one that became shorter ends with a
/// failure, except in JSON, which tells no length before.
final class HostDocument: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.

    /// What is read at a time.
    private static let pieceBytes = 128 << 10

    private let file: Locked<Descriptor?>
    private let errands: Errands
    private let isJSON: Bool
    private var left: UInt64
    /// Read and not given yet: from ``start`` on.
    private var piece: [UInt8] = []
    private var start = 0
    /// What stands before the value in JSON; given first.
    private var head: ByteBuffer
    private var hasEnded = false
    let length: UInt64?
    private(set) var failure: Failure?

    /// - Parameters:
    ///   - file: open for reading, at its beginning.
    ///   - size: how long it is.
    ///   - head: in JSON what comes before the value's text; empty otherwise.
    ///   - isJSON: whether it is given as the text of a JSON string, with what ends it.
    ///   - errands: by whom it is read.
    init(_ file: Descriptor, size: UInt64, head: consuming ByteBuffer, isJSON: Bool, errands: Errands) {
        self.file = Locked(file)
        self.errands = errands
        self.isJSON = isJSON
        self.head = head
        left = size
        length = isJSON ? nil : size
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if !head.isEmpty {
            buffer.append(head.span)
            head.removeAll()
        }
        while buffer.count < end {
            if start == piece.count, !fetch() {
                if isJSON, !hasEnded, failure == nil { buffer.append("\"}\n") }
                hasEnded = true
                return .end
            }
            give(to: &buffer, end - buffer.count)
        }
        return .more
    }

    private func give(to buffer: inout ByteBuffer, _ room: Int) {
        guard isJSON else {
            let stop = min(start + room, piece.count)
            buffer.append(piece.span.extracting(start..<stop))
            start = stop
            return
        }
        // A character is not cut, except where its end never comes.
        let stop = min(start + max(room, 8), piece.count)
        var count = piece.span.extracting(start..<stop).wholeCharacters
        if count == 0, left > 0 {
            let begun = Array(piece[start...])
            piece = []
            _ = fetch()
            piece = begun + piece
            start = 0
            return
        }
        if count == 0 { count = stop - start }
        buffer.append(jsonEscaped: piece.span.extracting(start..<(start + count)))
        start += count
    }

    /// Reads the next piece; false at the end.
    private func fetch() -> Bool {
        guard left > 0, failure == nil, let file = file.withLock({ $0 }) else { return false }
        let count = Int(min(left, UInt64(Self.pieceBytes)))
        do throws(Failure) {
            piece = try errands.run { () throws(Failure) in
                var bytes = ByteBuffer(capacity: count)
                _ = try file.read(into: &bytes, limit: count)
                return bytes.array
            }
            start = 0
            left -= UInt64(piece.count)
            if piece.isEmpty {
                left = 0
                if !isJSON { failure = Failure(.ioError, "it became shorter while it was read") }
            }
            return !piece.isEmpty
        } catch {
            failure = error
            return false
        }
    }

    func close() { file.withLock { $0 = nil } }
}

extension Span<UInt8> {
    /// How many bytes there are without a UTF-8 sequence that is begun at the end and not finished.
    var wholeCharacters: Int {
        for back in 1...4 where back <= count {
            let byte = self[count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? count - back : count
        }
        return count
    }
}
