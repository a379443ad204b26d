internal import SystemPackage

/// A line `hist:…`, cut at its colons.
struct HistogramAttributes {
    private(set) var keys: String?
    private(set) var values: String?
    private(set) var sort: String?
    /// With `name=` before it, as the line shows it.
    private(set) var name: String?
    private(set) var clock: String?
    private(set) var pauses = false
    private(set) var continues = false
    private(set) var clears = false
    private(set) var hidesHitcount = false
    /// The binary logarithm of the number of entries.
    private(set) var sizeBits = HistogramLimit.defaultSizeBits
    /// `a=b,c=d`, of which each becomes a variable.
    private(set) var assignments: [String] = []
    /// `onmatch(…).…` and the like.
    private(set) var actions: [String] = []

    /// Cuts a line.
    ///
    /// - Parameters:
    ///   - text: what stands between `hist:` and the condition.
    ///   - note: takes what was wrong, and the text that it is about.
    /// - Throws: EINVAL.
    init(_ text: String, note: (HistogramProblem, String) -> Void) throws(Errno) {
        for part in text.split(separator: ":", omittingEmptySubsequences: false).map(String.init) {
            if let equals = part.utf8.firstIndex(of: 0x3D) {
                if part.utf8.index(after: equals) == part.endIndex {
                    note(.emptyAssignment, part)
                    throw .invalidArgument
                }
                try assign(part, note)
                continue
            }
            switch part {
            case "nohitcount", "NOHC": hidesHitcount = true
            case "pause": pauses = true
            case "cont", "continue": continues = true
            case "clear": clears = true
            default: try act(part)
            }
        }
        if keys == nil { throw .invalidArgument }
    }

    private mutating func assign(_ part: String, _ note: (HistogramProblem, String) -> Void) throws(Errno) {
        func behind(_ prefixes: String...) -> String? {
            for prefix in prefixes where part.hasPrefix(prefix) { return String(part.dropFirst(prefix.count)) }
            return nil
        }
        if let text = behind("key=", "keys=") {
            keys = text
        } else if let text = behind("val=", "vals=", "values=") {
            values = text
        } else if let text = behind("sort=") {
            sort = text
        } else if part.hasPrefix("name=") {
            name = part
        } else if let text = behind("clock=") {
            clock = String(HistogramText.stripped(text[...]))
        } else if let text = behind("size=") {
            sizeBits = try Self.sizeBits(text)
        } else {
            if assignments.count == HistogramLimit.variables {
                note(.tooManyVariables, part)
                throw .invalidArgument
            }
            assignments.append(part)
        }
    }

    private static func sizeBits(_ text: String) throws(Errno) -> Int {
        let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard let size = KernelInteger.unsigned(digits.utf8Span.span), size > 0, size <= 1 << 32 else {
            throw .invalidArgument
        }
        // Rounded up to a power of two.
        let bits = size == 1 ? 0 : 64 - (size - 1).leadingZeroBitCount
        guard HistogramLimit.sizeBits.contains(bits) else { throw .invalidArgument }
        return bits
    }

    private mutating func act(_ part: String) throws(Errno) {
        guard actions.count < HistogramLimit.actions,
            ["onmatch(", "onmax(", "onchange("].contains(where: part.hasPrefix)
        else { throw .invalidArgument }
        actions.append(part)
    }
}

/// Pieces of a histogram's line, cut as the kernel cuts them.
enum HistogramText {
    /// Without white space at both ends.
    static func stripped(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, FilterText.isSpace(first), first < 0x80 { text.removeFirst() }
        while let last = text.utf8.last, FilterText.isSpace(last), last < 0x80 { text.removeLast() }
        return text
    }

    /// What stands before the first of a character, which is taken away with it; what is left is nil without one.
    static func cut(_ rest: inout Substring?, at separator: Character) -> Substring? {
        guard let text = rest else { return nil }
        guard let place = text.firstIndex(of: separator) else {
            rest = nil
            return text
        }
        rest = text[text.index(after: place)...]
        return text[..<place]
    }
}
