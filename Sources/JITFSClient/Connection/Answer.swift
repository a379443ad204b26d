/// An answer of HTTP/1.1 as it comes: the head when it is made, then the body, piece after piece.
struct Answer: ~Copyable {
    /// How the end of the body is known.
    private enum Framing {
        case none
        case length(UInt64)
        case chunks
        case close
    }

    /// The status of the final answer, 200 to 599.
    private(set) var status = 0
    /// The `Content-Type`, where there is one.
    private(set) var type: String?

    private let connection: Connection
    private var framing = Framing.close
    /// What came and was not taken yet is at `taken..<held`.
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var taken = 0
    private var held = 0
    /// Bytes left of the chunk that is being read, and whether one was read before.
    private var chunkLeft: UInt64 = 0
    private var isBehindChunk = false

    private static var headBytesMax: Int { 1 << 16 }

    /// Waits for the head.
    init(on connection: Connection) throws(Connection.Failure) {
        self.connection = connection
        // 1xx announce another one.
        repeat { try readHead() } while status < 200
    }

    /// The next bytes of the body as soon as there are any; nil at its end.
    mutating func next() throws(Connection.Failure) -> [UInt8]? {
        switch framing {
        case .none: return nil
        case .close: return try piece(UInt64.max, mayEnd: true)
        case .length(let left):
            guard left > 0 else { return nil }
            guard let piece = try piece(left) else { throw .hungUp }
            framing = .length(left - UInt64(piece.count))
            return piece
        case .chunks:
            if chunkLeft == 0 { try readChunkSize() }
            guard chunkLeft > 0 else {
                framing = .none
                return nil
            }
            guard let piece = try piece(chunkLeft) else { throw .hungUp }
            chunkLeft -= UInt64(piece.count)
            return piece
        }
    }

    private mutating func piece(_ countMax: UInt64, mayEnd: Bool = false) throws(Connection.Failure) -> [UInt8]? {
        guard try fill(mayEnd: mayEnd) else { return nil }
        let count = Int(min(UInt64(held - taken), countMax))
        defer { taken += count }
        return Array(buffer[taken..<(taken + count)])
    }

    /// Sees to it that there is a byte.
    ///
    /// - Returns: whether there is; false only at an end that may be here.
    private mutating func fill(mayEnd: Bool = false) throws(Connection.Failure) -> Bool {
        if taken < held { return true }
        taken = 0
        held = try connection.read(into: &buffer)
        if held > 0 { return true }
        if mayEnd { return false }
        throw .hungUp
    }

    // MARK: lines

    private mutating func line() throws(Connection.Failure) -> String {
        var bytes: [UInt8] = []
        while true {
            _ = try fill()
            let byte = buffer[taken]
            taken += 1
            if byte == 0x0A { break }
            bytes.append(byte)
            if bytes.count > Self.headBytesMax { throw .malformed("a line of the answer has no end") }
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func readHead() throws(Connection.Failure) {
        let words = try line().split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", words[1].utf8.count == 3,
            let status = Int(words[1]), (100..<600).contains(status)
        else { throw .malformed("the answer is none") }
        self.status = status
        type = nil
        framing = status < 200 || status == 204 || status == 304 ? .none : .close
        var bytesMax = Self.headBytesMax
        while true {
            let header = try line()
            if header.isEmpty { return }
            bytesMax -= header.utf8.count
            if bytesMax < 0 { throw .malformed("the answer's head has no end") }
            guard let colon = header.firstIndex(of: ":") else { throw .malformed("a header has no colon") }
            let value = header[colon...].dropFirst().drop { $0 == " " || $0 == "\t" }
            try take(header[..<colon].lowercased(), String(value.prefix { $0 != " " && $0 != "\t" }), String(value))
        }
    }

    private mutating func take(_ name: String, _ word: String, _ value: String) throws(Connection.Failure) {
        if name == "content-type" { type = value }
        if case .none = framing { return }
        if name == "transfer-encoding" {
            guard word.lowercased() == "chunked" else { throw .malformed("it is coded as \(word)") }
            framing = .chunks
        }
        if name == "content-length" {
            guard let length = UInt64(word) else { throw .malformed("its length is no number") }
            // Chunks come before a length.
            if case .chunks = framing { return }
            framing = .length(length)
        }
    }

    private mutating func readChunkSize() throws(Connection.Failure) {
        if isBehindChunk, try !line().isEmpty { throw .malformed("a chunk is longer than its size") }
        isBehindChunk = true
        let digits = try line().prefix { $0.isHexDigit }
        guard let size = UInt64(digits, radix: 16) else { throw .malformed("a chunk has no size") }
        chunkLeft = size
        if size > 0 { return }
        while try !line().isEmpty {}
    }
}
