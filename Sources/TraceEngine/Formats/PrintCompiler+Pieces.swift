extension PrintCompiler {
    /// A format string and its arguments, up to the text's end or a parenthesis; gives the run of pieces.
    mutating func formatAndArguments(end: PrintToken.Symbol) throws(FormatError) -> Range<Int32> {
        let quote = max(token.start - 1, 0)
        let string = try takeString()
        var arguments: [Int32] = []
        while try takeIf(.comma) { arguments.append(try expression()) }
        if end != .none, !isSymbol(end) { throw error(") is expected") }
        var conversions = PrintConversions(string: string, arguments: arguments[...])
        let first = Int32(format.pieces.count)
        do throws(PrintConversions.Problem) {
            while let part = try conversions.next() {
                format.pieces.append(piece(of: part, in: string))
            }
        } catch {
            throw lexer.error(error.reason, at: quote)
        }
        return first..<Int32(format.pieces.count)
    }

    private mutating func piece(of part: PrintConversions.Part, in string: [UInt8]) -> PrintPiece {
        switch part {
        case .literal(let bytes):
            var piece = PrintPiece(kind: .literal)
            (piece.argument, piece.count) = keep(bytes)
            return piece
        case .conversion(var piece):
            // What is no text cannot be shown as one: its address is.
            if piece.kind == .text, node(piece.argument).form == .integer { piece.flags.insert(.alternate) }
            return piece
        }
    }
}
