internal import SystemPackage

extension FilterParser {
    /// Counts the terms roughly, and finds parentheses and quotes that are alone.
    ///
    /// This runs before anything is understood, so that these errors come before all others.
    func expectedTermCount() throws(FilterError) -> Int {
        var count = 0
        var open = 0
        var isInTerm = false
        var quote: (byte: UInt8, index: Int)?
        for index in 0..<text.count {
            let byte = text[index]
            if FilterText.isSpace(byte) { continue }
            if let last = quote {
                if byte == last.byte { quote = nil }
                continue
            }
            switch byte {
            case 0x27, 0x22: quote = (byte, index)
            case 0x7C where text[index + 1] == byte, 0x26 where text[index + 1] == byte:
                isInTerm = false
                continue
            case 0x28:
                isInTerm = false
                open += 1
                continue
            case 0x29:
                isInTerm = false
                if open == 0 { throw FilterError(.tooManyClose, at: index, .notPermitted) }
                open -= 1
                continue
            default: break
            }
            if !isInTerm { count += 1 }
            isInTerm = true
        }
        if let quote { throw FilterError(.missingQuote, at: quote.index, .noSuchProcess) }
        if open > 0 { throw FilterError(.tooManyOpen, at: lonelyParenthesis(open: open), .noSuchFileOrDirectory) }
        return count
    }

    /// Where the first of the parentheses stands that are not closed: looked for from the end, as the kernel does.
    private func lonelyParenthesis(open: Int) -> Int {
        // The kernel counts the whole as one level, and its search begins there.
        let wanted = open + 1
        var level = wanted
        var quote: UInt8?
        for index in stride(from: text.count - 1, to: 0, by: -1) {
            let byte = text[index]
            if let last = quote {
                if byte == last { quote = nil }
                continue
            }
            switch byte {
            case 0x28:
                if level == wanted { return index }
                level -= 1
            case 0x29: level += 1
            case 0x27, 0x22: quote = byte
            default: break
            }
        }
        return 0
    }
}
