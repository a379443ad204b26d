extension PrintCompiler {
    /// A primary and the `[index]`, `.member` and `->member` behind it.
    mutating func postfixed() throws(FormatError) -> Int32 {
        var result = try primary()
        while token.kind == .symbol {
            switch token.symbol {
            case .openBracket:
                try advance()
                let index = try expression()
                try take(.closeBracket, "]")
                result = try element(of: result, at: index)
            case .arrow, .dot:
                guard node(result).form == .record else { throw error("only REC has members") }
                try advance()
                let unknown = error("the event has no field \(word ?? "")")
                guard let value = try member(try takeWord()) else { throw unknown }
                result = value
            default: return result
            }
        }
        return result
    }

    private mutating func primary() throws(FormatError) -> Int32 {
        switch token.kind {
        case .number, .character:
            let value = (token.value, token.type)
            try advance()
            return try emitConstant(value.0, value.1)
        case .string:
            let kept = keep(try takeString())
            var literal = PrintNode(.literal, .text)
            literal.value = UInt64(kept.start)
            literal.b = kept.count
            return try emit(literal)
        case .identifier: return try named(try takeWord())
        case .symbol where token.symbol == .open:
            try advance()
            if isSymbol(.openBrace) { return try block() }
            let inner = try expression()
            try take(.close, ")")
            return inner
        default: throw error("a value is expected")
        }
    }

    private mutating func named(_ name: String) throws(FormatError) -> Int32 {
        if name == "REC" { return try emit(PrintNode(.record, .record)) }
        if name == "sizeof" { return try sizeOf() }
        if let local = locals[name] { return try value(of: local, named: name) }
        if try takeIf(.open) { return try call(name) }
        if let value = PrintConstants.value(of: name) { return try emitConstant(value, .unsignedLong) }
        return try emit(PrintNode(.unresolved, .integer))
    }

    // MARK: fields

    /// `REC->name`; nil where there is no such field.
    private mutating func member(_ name: String) throws(FormatError) -> Int32? {
        if let field = fields.first(where: { $0.name == name }) { return try value(of: field) }
        // `REC->__data_loc_name` is the descriptor itself.
        for prefix in ["__data_loc_", "__rel_loc_"] {
            if let base = name.behind(prefix), let field = fields.first(where: { $0.name == base }) {
                return try number(of: field, type: .unsigned)
            }
        }
        return nil
    }

    private mutating func value(of field: EventField) throws(FormatError) -> Int32 {
        switch field.shape {
        case .number:
            return try number(of: field, type: CType(size: UInt8(field.size), isSigned: field.isSigned))
        case .dynamic: return try number(of: field, type: .unsigned)
        case .text, .opaque: return try place(of: field, element: CType(size: 1, isSigned: field.isSigned))
        case .array(let elementSize, _):
            return try place(of: field, element: CType(size: UInt8(elementSize), isSigned: field.isSigned))
        }
    }

    private mutating func number(of field: EventField, type: CType) throws(FormatError) -> Int32 {
        var result = PrintNode(.field, .integer, type)
        result.value = UInt64(field.offset)
        result.b = Int32(min(field.size, 8))
        result.c = type.isSigned ? 1 : 0
        return try emit(result)
    }

    private mutating func place(of field: EventField, element: CType) throws(FormatError) -> Int32 {
        var result = PrintNode(.place, .bytes, element)
        result.value = UInt64(field.offset)
        result.b = field.size == 0 ? -1 : Int32(field.size)
        return try emit(result)
    }
}
