internal import Bytes

extension ByteBuffer {
    /// Appends text so that it is text, in an element as in a quoted attribute; what is not UTF-8 comes out as U+FFFD,
    /// and so do control characters, which HTML does not have.
    mutating func append(html text: Span<UInt8>) {
        if let whole = String(exactly: text) {
            append(html: whole)
        } else {
            append(html: String(repairing: text))
        }
    }

    /// Appends text so that it is text.
    mutating func append(html text: String) {
        let bytes = text.utf8Span.span
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x26: append("&amp;")
            case 0x3C: append("&lt;")
            case 0x3E: append("&gt;")
            case 0x22: append("&quot;")
            case 0x27: append("&#39;")
            case 0x09, 0x0A: append(byte)
            case 0..<0x20, 0x7F: append("\u{FFFD}")
            default: append(byte)
            }
        }
    }
}
