/// Cuts a printf string into literals and conversions, and gives each conversion its arguments.
struct PrintConversions {
    /// Why a string cannot be shown.
    struct Problem: Error { let reason: String }

    /// A stretch of the string.
    enum Part {
        case literal([UInt8])
        case conversion(PrintPiece)
    }

    private let string: [UInt8]
    private var arguments: ArraySlice<Int32>
    private var offset = 0

    init(string: [UInt8], arguments: ArraySlice<Int32>) {
        self.string = string
        self.arguments = arguments
    }

    private var peek: UInt8 { offset < string.count ? string[offset] : 0 }

    mutating func next() throws(Problem) -> Part? {
        var literal: [UInt8] = []
        while offset < string.count {
            if string[offset] != 0x25 {
                literal.append(string[offset])
                offset += 1
            } else if offset + 1 < string.count, string[offset + 1] == 0x25 {
                literal.append(0x25)
                offset += 2
            } else {
                return literal.isEmpty ? .conversion(try conversion()) : .literal(literal)
            }
        }
        return literal.isEmpty ? nil : .literal(literal)
    }

    private mutating func argument() throws(Problem) -> Int32 {
        guard let first = arguments.popFirst() else { throw Problem(reason: "fewer arguments than conversions") }
        return first
    }

    private mutating func conversion() throws(Problem) -> PrintPiece {
        offset += 1
        var piece = PrintPiece(kind: .literal)
        flags(&piece)
        (piece.width, piece.widthNode) = try size()
        if peek == 0x2E {
            offset += 1
            (piece.precision, piece.precisionNode) = try size()
            if piece.precision < 0, piece.precisionNode < 0 { piece.precision = 0 }
        }
        let size = lengthModifier()
        let letter = peek
        offset += 1
        piece.type = CType(size: size, isSigned: letter == 0x64 || letter == 0x69)
        switch letter {
        case 0x64, 0x69, 0x75: piece.kind = .decimal
        case 0x78: piece.kind = .hexadecimal
        case 0x58:
            piece.kind = .hexadecimal
            piece.flags.insert(.upper)
        case 0x6F: piece.kind = .octal
        case 0x63: piece.kind = .character
        case 0x73: piece.kind = .text
        case 0x70: pointer(&piece)
        default: throw Problem(reason: "a conversion that printf does not have")
        }
        piece.argument = try argument()
        if piece.flags.contains(.left) { piece.flags.remove(.zero) }
        return piece
    }

    private mutating func flags(_ piece: inout PrintPiece) {
        while true {
            switch peek {
            case 0x2D: piece.flags.insert(.left)
            case 0x2B: piece.flags.insert(.plus)
            case 0x20: piece.flags.insert(.space)
            case 0x23: piece.flags.insert(.alternate)
            case 0x30: piece.flags.insert(.zero)
            default: return
            }
            offset += 1
        }
    }

    /// A number or `*`: the number and the node; -1 where there is none.
    private mutating func size() throws(Problem) -> (Int32, Int32) {
        if peek == 0x2A {
            offset += 1
            return (-1, try argument())
        }
        guard peek >= 0x30, peek <= 0x39 else { return (-1, -1) }
        var value: Int32 = 0
        while peek >= 0x30, peek <= 0x39 {
            value = min(value * 10 + Int32(peek - 0x30), Int32(PrintFormat.widthMax))
            offset += 1
        }
        return (value, -1)
    }

    /// Bytes that `hh`, `h`, `l` and the like ask for.
    private mutating func lengthModifier() -> UInt8 {
        var size: UInt8 = 4
        while true {
            switch peek {
            case 0x68: size = size == 2 ? 1 : 2
            case 0x6C, 0x4C, 0x7A, 0x5A, 0x74, 0x71, 0x6A: size = 8
            default: return size
            }
            offset += 1
        }
    }

    /// The kernel's letters behind `%p`.
    private mutating func pointer(_ piece: inout PrintPiece) {
        let start = offset
        while PrintLexer.isWord(peek), peek != 0x5F { offset += 1 }
        let letters = String(decoding: string[start..<offset], as: UTF8.self)
        let second = letters.utf8.dropFirst().first ?? 0
        switch letters.utf8.first {
        case 0x53, 0x73, 0x46, 0x66, 0x42: piece.kind = .symbol
        case 0x49, 0x69:
            switch second {
            case 0x34: piece.kind = .ipv4
            case 0x36: piece.kind = .ipv6
            case 0x53: piece.kind = .socketAddress
            default: piece.kind = .pointer
            }
        case 0x55: piece.kind = .uuid
        case 0x4D, 0x6D: piece.kind = .mac
        case 0x68: piece.kind = .hexBytes
        case 0x62: piece.kind = second == 0x6C ? .bitmapList : .bitmap
        default: piece.kind = .pointer
        }
        piece.variant = PrintPointer.variant(letters)
    }
}
