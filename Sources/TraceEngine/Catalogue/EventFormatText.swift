public import Bytes

/// The text of many events' formats, kept once.
public final class FormatBlob: Sendable {
    /// The text.
    public let bytes: [UInt8]

    /// Keeps a text.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Where the `format` text of an event is.
public enum EventFormatText: Sendable {
    /// In a text shared with others.
    case slice(FormatBlob, Range<UInt32>)
    /// In a text of its own.
    case own([UInt8])

    /// Appends the text as it was given.
    public func append(to out: inout ByteBuffer) { append(to: &out, id: nil) }

    /// Appends the text with another id in its `ID:` line; without such a line it stays as it is.
    public func append(to out: inout ByteBuffer, id: UInt16) { append(to: &out, id: Optional(id)) }

    private func append(to out: inout ByteBuffer, id: UInt16?) {
        switch self {
        case .slice(let blob, let range):
            Self.append(blob.bytes, Int(range.lowerBound)..<Int(range.upperBound), to: &out, id: id)
        case .own(let bytes): Self.append(bytes, bytes.indices, to: &out, id: id)
        }
    }

    private static func append(_ bytes: [UInt8], _ range: Range<Int>, to out: inout ByteBuffer, id: UInt16?) {
        let text = bytes.span.extracting(range)
        var line = 0
        while let id, line < text.count {
            let rest = text.extracting(line..<text.count)
            let length = rest.firstIndex(of: 0x0A) ?? rest.count
            if rest.starts(with: "ID:") {
                out.append(text.extracting(0..<line))
                out.append("ID: ")
                out.append(decimal: id)
                out.append(rest.extracting(length..<rest.count))
                return
            }
            line += length + 1
        }
        out.append(text)
    }
}
