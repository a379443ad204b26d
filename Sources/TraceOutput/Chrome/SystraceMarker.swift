internal import Bytes

/// A marker in the form of Android's systrace: `B|100|checkout`, `E|100` or `E`, `C|100|queue|5`.
enum SystraceMarker: Equatable {
    /// A slice begins.
    case begin(name: Range<Int>)
    /// The slice that was begun last ends.
    case end
    /// A counter has a value, as it is written.
    case counter(name: Range<Int>, value: Range<Int>)

    /// Reads a marker's text, without its newline; nil for any other text.
    init?(_ text: Span<UInt8>) {
        guard let letter = text.indices.isEmpty ? nil : text[0] else { return nil }
        if letter == 0x45, text.count == 1 {
            self = .end
            return
        }
        guard text.count >= 3, text[1] == 0x7C else { return nil }
        let pidEnd = text.firstIndex(of: 0x7C, from: 2) ?? text.count
        guard Self.isNumber(text.extracting(2..<pidEnd)) else { return nil }
        let start = min(pidEnd + 1, text.count)
        switch letter {
        case 0x45: self = .end
        case 0x42 where start < text.count: self = .begin(name: start..<text.count)
        case 0x43:
            guard let nameEnd = text.firstIndex(of: 0x7C, from: start), nameEnd > start else { return nil }
            let end = text.firstIndex(of: 0x7C, from: nameEnd + 1) ?? text.count
            let value = (nameEnd + 1)..<end
            guard Self.isNumber(text.extracting(value), mayBeNegative: true) else { return nil }
            self = .counter(name: start..<nameEnd, value: value)
        default: return nil
        }
    }

    /// At most 18 digits without a leading zero, so that JSON takes it as it is.
    private static func isNumber(_ text: Span<UInt8>, mayBeNegative: Bool = false) -> Bool {
        let start = mayBeNegative && !text.isEmpty && text[0] == 0x2D ? 1 : 0
        guard text.count > start, text.count - start <= 18 else { return false }
        for index in start..<text.count where text[index] < 0x30 || text[index] > 0x39 { return false }
        return text.count == start + 1 || text[start] != 0x30
    }
}
