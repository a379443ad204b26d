internal import Bytes

/// Indents JSON by two spaces a level while it passes, in pieces of any length: `?pretty`.
///
/// It believes that what it is given is JSON and looks only at brackets, commas, colons and the ends of strings.
struct JSONIndenter {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isAfterOpening = false

    /// At the start of a document.
    init() {}

    /// Takes the next piece.
    mutating func append(_ json: Span<UInt8>, to out: inout ByteBuffer) {
        for index in json.indices { append(json[index], to: &out) }
    }

    /// Ends the document with a newline.
    mutating func finish(to out: inout ByteBuffer) { out.append(0x0A) }

    private mutating func append(_ byte: UInt8, to out: inout ByteBuffer) {
        if isInString {
            out.append(byte)
            isInString = isEscaped || byte != 0x22
            isEscaped = byte == 0x5C && !isEscaped
            return
        }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return
        case 0x7D, 0x5D:  // } ]
            depth -= 1
            if !isAfterOpening { newLine(&out) }
            isAfterOpening = false
            out.append(byte)
            return
        default: break
        }
        if isAfterOpening { newLine(&out) }
        isAfterOpening = false
        out.append(byte)
        switch byte {
        case 0x22: isInString = true
        case 0x7B, 0x5B:  // { [
            depth += 1
            isAfterOpening = true
        case 0x2C: newLine(&out)
        case 0x3A: out.append(0x20)
        default: break
        }
    }

    private func newLine(_ out: inout ByteBuffer) {
        out.append(0x0A)
        out.append(repeating: 0x20, count: 2 * max(depth, 0))
    }
}
