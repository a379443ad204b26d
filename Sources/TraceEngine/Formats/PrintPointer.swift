/// The variants of the kernel's `%p` that show bytes: addresses, identifiers, masks.
enum PrintPointer {
    static var compressed: UInt16 { 1 }
    static var bare: UInt16 { 2 }
    static var port: UInt16 { 4 }
    static var upper: UInt16 { 8 }
    static var little: UInt16 { 16 }
    static var colons: UInt16 { 32 }
    static var dashes: UInt16 { 64 }
    static var reversed: UInt16 { 128 }

    /// The bits of the letters behind `%p`.
    static func variant(_ letters: String) -> UInt16 {
        let rest = letters.utf8.dropFirst()
        var bits: UInt16 = 0
        switch letters.utf8.first {
        case 0x69: bits |= bare
        case 0x6D: bits |= bare
        case 0x68:
            if rest.contains(0x43) { bits |= colons }
            if rest.contains(0x44) { bits |= dashes }
            if rest.contains(0x4E) { bits |= bare }
        case 0x55:
            if rest.contains(0x42) || rest.contains(0x4C) { bits |= upper }
            if rest.contains(0x6C) || rest.contains(0x4C) { bits |= little }
        default: break
        }
        if rest.contains(0x63) { bits |= compressed }
        if rest.contains(0x70) { bits |= port }
        if rest.contains(0x46) { bits |= dashes }
        if rest.contains(0x52) { bits |= reversed }
        return bits
    }

    /// What stands between bytes of `%*ph`.
    static func separator(_ piece: PrintPiece) -> UInt8 {
        switch piece.variant & (colons | dashes | bare) {
        case colons: 0x3A
        case dashes: 0x2D
        case bare: 0
        default: 0x20
        }
    }
}
