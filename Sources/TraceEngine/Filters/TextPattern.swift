/// A text that others are compared with: whole, or by the `*`, `?` and `[…]` of the operator `~`.
struct TextPattern {
    /// How it is compared.
    enum Kind: UInt8 {
        /// `abc`
        case full
        /// `abc*`
        case front
        /// `*abc*`
        case middle
        /// `*abc`
        case end
        /// Anything else with a `*`, and whatever has `?`, `[` or a backslash.
        case glob
    }

    let kind: Kind
    /// What stands between the stars, or the whole pattern of a ``Kind/glob``.
    let text: Range<Int>
    /// Whether a `!` stood before it.
    let isNegated: Bool

    /// A text that is compared whole.
    init(whole text: Range<Int>) {
        kind = .full
        self.text = text
        isNegated = false
    }

    /// Understands the right side of `~`.
    ///
    /// What begins with a digit is compared whole, stars and all: the kernel takes such a pattern for an index.
    init(glob text: Span<UInt8>) {
        let isNegated = text.count > 0 && text[0] == 0x21
        let start = isNegated ? 1 : 0
        let (kind, before, behind) = Self.stars(in: text.extracting(start..<text.count))
        self.isNegated = isNegated
        self.kind = kind
        self.text = (start + before)..<(text.count - behind)
    }

    /// The kind, and how many stars are before and behind what is looked for.
    private static func stars(in text: Span<UInt8>) -> (Kind, before: Int, behind: Int) {
        if text.count > 0, FilterText.isDigit(text[0]) { return (.full, 0, 0) }
        var kind = Kind.full
        for index in text.indices {
            switch text[index] {
            case 0x2A where index == 0: kind = .end
            case 0x2A where index == text.count - 1: return kind == .end ? (.middle, 1, 1) : (.front, 0, 1)
            case 0x2A, 0x5B, 0x3F, 0x5C: return (.glob, 0, 0)
            default: break
            }
        }
        return (kind, kind == .end ? 1 : 0, 0)
    }
}
