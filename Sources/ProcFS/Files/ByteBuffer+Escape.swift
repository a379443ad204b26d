internal import Bytes

extension ByteBuffer {
    /// Appends a text that stands in a line, as the kernel's `mangle_path` and `seq_escape` do: what would end the line or
    /// begin another column is a backslash and three octal digits.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - isColumn: whether spaces end it, too.
    mutating func append(escaped text: String, isColumn: Bool = false) {
        for byte in text.utf8 {
            switch byte {
            case 0x09, 0x0A, 0x0D, 0x5C: append(octalEscape: byte)
            case 0x20 where isColumn: append(octalEscape: byte)
            default: append(byte)
            }
        }
    }

    private mutating func append(octalEscape byte: UInt8) {
        append(0x5C)
        append(octal: UInt64(byte), width: 3)
    }
}
