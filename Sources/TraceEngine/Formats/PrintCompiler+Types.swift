extension PrintCompiler {
    /// A type as written: `unsigned long`, `struct page *`.
    struct TypeName {
        var name: String
        var stars = 0
        var isPointer: Bool { stars > 0 }
        var known: CType? { CType.named(name) }

        /// Whether nothing but a type can be meant.
        var isKnown: Bool {
            isPointer || known != nil || name.split(separator: " ").contains { CType.isKeyword(String($0)) }
        }

        /// What a cast to it gives; a type not known changes nothing.
        var type: CType { known ?? .unsignedLong }

        /// A pointer to it, as a number.
        var pointer: CType {
            CType(size: 8, isSigned: false, pointee: stars > 1 ? 8 : CType.pointeeSize(name))
        }

        /// What it points at.
        var pointeeType: CType { stars > 1 ? .unsignedLong : known ?? CType(size: 1, isSigned: false) }

        /// Bytes of a value of it.
        var size: UInt64 { isPointer ? 8 : UInt64(known?.size ?? 8) }
    }

    /// Reads a type, where the words that follow can be one; else reads whatever words there are and gives nil.
    mutating func typeName() throws(FormatError) -> TypeName? {
        var words: [String] = []
        while let word, word != "REC", words.count < 8 {
            let isTag = ["struct", "union", "enum"].contains(words.last ?? "")
            let isMore = words.isEmpty || isTag || CType.isKeyword(word) || CType.isKeyword(words.last ?? "")
            if !isMore || locals[word] != nil { break }
            if !words.isEmpty, !isTag, !CType.isKeyword(word), !Self.isQualifier(words.last ?? "") { break }
            if word != "static" { words.append(word) }
            try advance()
        }
        words.removeAll { Self.isQualifier($0) }
        guard !words.isEmpty else { return nil }
        var type = TypeName(name: words.joined(separator: " "))
        while true {
            if isSymbol(.star) {
                type.stars += 1
            } else if let word, Self.isQualifier(word), type.stars > 0 {
            } else {
                return type
            }
            try advance()
        }
    }

    private static func isQualifier(_ word: String) -> Bool {
        ["const", "volatile", "static", "__user", "__rcu", "__force", "__iomem"].contains(word)
    }

    /// `sizeof(type)` or `sizeof(expression)`, behind the word.
    mutating func sizeOf() throws(FormatError) -> Int32 {
        try take(.open, "(")
        let saved = (lexer, token)
        if let type = try typeName(), isSymbol(.close), type.isKnown {
            try advance()
            return try emitConstant(type.size, .unsignedLong)
        }
        (lexer, token) = saved
        let index = try expression()
        let operand = node(index)
        try take(.close, ")")
        let size = operand.operation == .place ? UInt64(max(operand.b, 0)) : UInt64(operand.type.size)
        return try emitConstant(size, .unsignedLong)
    }
}
