extension PrintCompiler {
    /// GNU's `({ statement; … value; })`, as macros like `min()` and the KVM's page role leave it; the parenthesis is
    /// taken.
    mutating func block() throws(FormatError) -> Int32 {
        try nested { (compiler) throws(FormatError) in try compiler.statements() }
    }

    private mutating func statements() throws(FormatError) -> Int32 {
        let outer = locals
        defer { locals = outer }
        try take(.openBrace, "{")
        var value: Int32?
        var printed: Range<Int32>?
        while !isSymbol(.closeBrace) {
            if word == "trace_seq_printf" {
                printed = try printing()
                value = nil
            } else if try !declaration(), try !assignment() {
                if let printed, isPrinted {
                    try advance()
                    value = try text(of: printed)
                } else {
                    value = try expression()
                }
            }
            try take(.semicolon, ";")
        }
        try advance()
        try take(.close, ")")
        guard let value else { throw error("the block has no value") }
        return value
    }

    /// Whether the word is a variable that points at what was printed.
    private var isPrinted: Bool {
        if let word, case .printed? = locals[word] { true } else { false }
    }

    private mutating func text(of run: Range<Int32>) throws(FormatError) -> Int32 {
        format.runs.append(run)
        var result = PrintNode(.printed, .text)
        result.value = UInt64(format.runs.count - 1)
        return try emit(result)
    }

    /// `trace_seq_printf(p, "…", …)`
    private mutating func printing() throws(FormatError) -> Range<Int32> {
        try advance()
        try take(.open, "(")
        _ = try takeWord()
        try take(.comma, ",")
        let run = try formatAndArguments(end: .close)
        try take(.close, ")")
        return run
    }

    // MARK: statements

    /// `type name;`, `type name = value;` or `const char *names[] = { "…", … };`
    private mutating func declaration() throws(FormatError) -> Bool {
        let saved = (lexer, token)
        guard let type = try typeName(), let name = word, type.isKnown else {
            (lexer, token) = saved
            return false
        }
        try advance()
        if try takeIf(.openBracket) {
            try take(.closeBracket, "]")
            try take(.assign, "=")
            locals[name] = .strings(table: try stringList())
        } else if try takeIf(.assign) {
            if word == "trace_seq_buffer_ptr" {
                _ = try advance()
                try take(.open, "(")
                _ = try takeWord()
                try take(.close, ")")
                locals[name] = .printed
            } else {
                let value = try expression()
                let known = type.known != nil && node(value).form == .integer && !type.isPointer
                locals[name] = .node(known ? try cast(value, to: type.type) : value)
            }
        } else {
            locals[name] = .bits(layout: type.name, nil)
        }
        return true
    }

    /// `name.member = value;` or `name = value;`
    private mutating func assignment() throws(FormatError) -> Bool {
        guard let name = word, let local = locals[name] else { return false }
        let saved = (lexer, token)
        try advance()
        if try takeIf(.dot) { _ = try takeWord() }
        guard try takeIf(.assign) else {
            (lexer, token) = saved
            return false
        }
        let value = try expression()
        if case .bits(let layout, _) = local {
            locals[name] = .bits(layout: layout, value)
        } else {
            locals[name] = .node(value)
        }
        return true
    }

    /// `{ "a", "b" }`; gives the table's number.
    private mutating func stringList() throws(FormatError) -> Int {
        try take(.openBrace, "{")
        var texts: [[UInt8]] = []
        repeat { texts.append(try takeString()) } while try takeIf(.comma)
        try take(.closeBrace, "}")
        let entries = strings(texts)
        let first = Int32(format.entries.count)
        format.entries += entries
        format.tables.append(PrintTable(first: first, count: Int32(entries.count)))
        return format.tables.count - 1
    }

    // MARK: use

    /// What a variable stands for where it is used.
    mutating func value(of local: Local, named name: String) throws(FormatError) -> Int32 {
        switch local {
        case .node(let index): return index
        case .printed: throw error("\(name) can only be the block's value")
        case .strings(let table):
            try take(.openBracket, "[")
            let index = try expression()
            try take(.closeBracket, "]")
            var result = PrintNode(.stringAt, .text)
            result.a = index
            result.value = UInt64(table)
            return try emit(result, over: [index])
        case .bits(let layout, let stored):
            try take(.dot, ".")
            let member = try takeWord()
            guard let stored else { throw error("\(name) has no value yet") }
            guard let (shift, width) = PrintConstants.bits(of: layout, member) else { return stored }
            var result = PrintNode(.bits, .integer, .unsigned)
            (result.a, result.b, result.value) = (stored, shift, width)
            return try emit(result, over: [stored])
        }
    }
}
