internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// A batch as it is sent, and its answer taken apart.
struct TestBatch {
    /// What became of a record.
    struct Answer: Equatable {
        var letter: Character
        var errno: Errno?
        var count: Int
        var first: UInt64
        /// For pages that were got: each, nil where nothing is stored.
        var pages: [[UInt8]?] = []
    }

    private(set) var bytes: [UInt8] = []

    mutating func put(_ first: UInt64, _ pages: [[UInt8]]) {
        header("P", first, pages.count)
        for page in pages { bytes += page }
    }

    mutating func get(_ first: UInt64, _ count: Int) { header("G", first, count) }
    mutating func discard(_ first: UInt64, _ count: Int) { header("D", first, count) }

    mutating func header(_ letter: Character, _ first: UInt64, _ count: Int, flags: UInt8 = 0, reserved: UInt16 = 0) {
        bytes += [letter.asciiValue ?? 0, flags, UInt8(truncatingIfNeeded: reserved), UInt8(reserved >> 8)]
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: count >> (index * 8))) }
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: first >> UInt64(index * 8))) }
    }

    /// Sends it.
    func send(to pool: PagePool, pagesMax: Int = 1024) throws -> [Answer] {
        let batch = try PageBatch(bytes.span, for: pool, pagesMax: pagesMax)
        var out = ByteBuffer()
        try pool.apply(batch, into: &out)
        return try Self.answers(out.array)
    }

    private static func answers(_ bytes: [UInt8]) throws -> [Answer] {
        var answers: [Answer] = []
        var offset = 0
        while offset < bytes.count {
            let header = bytes[offset..<(offset + 16)]
            func number(_ place: Int, _ length: Int) -> UInt64 {
                (0..<length).reduce(0) { $0 | UInt64(header[offset + place + $1]) << UInt64($1 * 8) }
            }
            let errno = number(2, 2)
            var answer = Answer(
                letter: Character(UnicodeScalar(bytes[offset])), errno: errno == 0 ? nil : Errno(rawValue: CInt(errno)),
                count: Int(number(4, 4)), first: number(8, 8))
            #expect(bytes[offset + 1] == (errno == 0 ? 0 : 1))
            offset += 16
            if answer.letter == "G", answer.errno == nil {
                let bits = bytes[offset..<(offset + (answer.count + 7) / 8)]
                offset = bits.endIndex
                for index in 0..<answer.count {
                    let isThere = bits[bits.startIndex + index / 8] >> UInt8(index % 8) & 1 == 1
                    answer.pages.append(isThere ? Array(bytes[offset..<(offset + 4096)]) : nil)
                    if isThere { offset += 4096 }
                }
            }
            answers.append(answer)
        }
        return answers
    }
}
