extension PrintCompiler {
    /// A prefix operator, a cast, or a primary with what stands behind it.
    mutating func unary() throws(FormatError) -> Int32 {
        try nested { (compiler) throws(FormatError) in try compiler.prefixed() }
    }

    private mutating func prefixed() throws(FormatError) -> Int32 {
        guard token.kind == .symbol else { return try postfixed() }
        switch token.symbol {
        case .minus:
            try advance()
            return try unaryNode(.negate, try unary())
        case .plus:
            try advance()
            return try unary()
        case .tilde:
            try advance()
            return try unaryNode(.complement, try unary())
        case .exclamation:
            try advance()
            return try unaryNode(.not, try unary())
        case .star:
            try advance()
            return try dereferenced(try unary())
        case .ampersand:
            try advance()
            return try address(of: try unary())
        case .open: return try parenthesized()
        default: return try postfixed()
        }
    }

    /// `(type) value`, `({ block })` or `(expression)`.
    private mutating func parenthesized() throws(FormatError) -> Int32 {
        let saved = (lexer, token)
        try advance()
        if let type = try typeName(), isSymbol(.close) {
            try advance()
            if type.isKnown || beginsOperand { return try castTo(type) }
        }
        (lexer, token) = saved
        return try postfixed()
    }

    /// Whether a value must begin here: only then is `(name)` before it a cast to a type not known.
    private var beginsOperand: Bool {
        switch token.kind {
        case .identifier, .number, .character, .string: true
        case .symbol: [.open, .tilde, .exclamation].contains(token.symbol)
        case .end: false
        }
    }

    private mutating func castTo(_ type: TypeName) throws(FormatError) -> Int32 {
        let operand = try unary()
        let form = node(operand).form
        if form == .bytes {
            // A pointer to other elements; to an integer only its type of element is lost.
            guard type.isPointer else { return operand }
            var copy = node(operand)
            copy.type = type.pointeeType
            return try emit(copy, over: [operand])
        }
        guard form == .integer else { return operand }
        if type.name == "bool" || type.name == "_Bool", !type.isPointer {
            return try unaryNode(.not, try unaryNode(.not, operand))
        }
        return try cast(operand, to: type.isPointer ? type.pointer : type.type)
    }

    private mutating func dereferenced(_ operand: Int32) throws(FormatError) -> Int32 {
        guard node(operand).form == .bytes else { return operand }
        return try element(of: operand, at: try emitConstant(0, .int))
    }

    private mutating func address(of operand: Int32) throws(FormatError) -> Int32 {
        let target = node(operand)
        switch target.operation {
        case .field:
            var place = PrintNode(.place, .bytes, target.type)
            place.value = target.value
            place.b = target.b
            return try emit(place)
        case .element:
            var advanced = PrintNode(.advanced, .bytes, node(target.a).type)
            (advanced.a, advanced.b) = (target.a, target.b)
            return try emit(advanced, over: [target.a, target.b])
        default: return operand
        }
    }

    /// Element `index` of bytes, or a string of a table.
    mutating func element(of bytes: Int32, at index: Int32) throws(FormatError) -> Int32 {
        guard node(bytes).form == .bytes else { throw error("only an array has elements") }
        var result = PrintNode(.element, .integer, node(bytes).type)
        (result.a, result.b) = (bytes, index)
        return try emit(result, over: [bytes, index])
    }
}
