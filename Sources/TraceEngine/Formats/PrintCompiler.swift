/// Compiles a print fmt into a ``PrintFormat``: reads C by recursive descent, types every node, folds constants.
///
/// A text from a catalogue may be hostile: nesting ends at ``depthMax``, and a node whose evaluation could take more
/// than
/// ``costMax`` steps is refused.
struct PrintCompiler {
    var lexer: PrintLexer
    var token: PrintToken
    var format = PrintFormat()
    let fields: [EventField]
    /// Names that a block `({ … })` declared.
    var locals: [String: Local] = [:]
    var depth = 0
    private var costs: [Int] = []
    private var heights: [Int] = []

    static var depthMax: Int { 100 }
    static var costMax: Int { 100_000 }
    static var heightMax: Int { 256 }

    /// What a name of a block stands for.
    enum Local {
        case node(Int32)
        case strings(table: Int)
        /// A union whose bits are known; the node is what was stored in it.
        case bits(layout: String, Int32?)
        /// The text that `trace_seq_printf` wrote in the block.
        case printed
    }

    init(source: [UInt8], fields: [EventField]) {
        lexer = PrintLexer(source: source)
        token = PrintToken(kind: .end, start: 0, end: 0)
        self.fields = fields
    }

    /// Compiles the whole text.
    mutating func program() throws(FormatError) -> PrintFormat {
        try advance()
        format.runs.append(0..<0)
        format.runs[0] = try formatAndArguments(end: .none)
        if token.kind != .end { throw error("nothing may follow the arguments") }
        return format
    }

    // MARK: words

    mutating func advance() throws(FormatError) { token = try lexer.next() }

    func error(_ reason: String) -> FormatError { lexer.error(reason, at: token.start) }

    func isSymbol(_ symbol: PrintToken.Symbol) -> Bool { token.kind == .symbol && token.symbol == symbol }

    mutating func take(_ symbol: PrintToken.Symbol, _ shown: String) throws(FormatError) {
        guard isSymbol(symbol) else { throw error("\(shown) is expected") }
        try advance()
    }

    mutating func takeIf(_ symbol: PrintToken.Symbol) throws(FormatError) -> Bool {
        guard isSymbol(symbol) else { return false }
        try advance()
        return true
    }

    /// The word the token holds, where it is an identifier.
    var word: String? {
        guard token.kind == .identifier else { return nil }
        return String(decoding: lexer.source[token.start..<token.end], as: UTF8.self)
    }

    mutating func takeWord() throws(FormatError) -> String {
        guard let word else { throw error("a name is expected") }
        try advance()
        return word
    }

    /// Strings that stand side by side, as one.
    mutating func takeString() throws(FormatError) -> [UInt8] {
        guard token.kind == .string else { throw error("a string is expected") }
        var bytes: [UInt8] = []
        while token.kind == .string {
            bytes += PrintLexer.unescaped(lexer.source[token.start..<token.end])
            try advance()
        }
        return bytes
    }

    // MARK: nodes

    func node(_ index: Int32) -> PrintNode { format.nodes[Int(index)] }

    func constant(_ index: Int32) -> UInt64? {
        node(index).operation == .constant ? node(index).value : nil
    }

    /// Adds a node over `children` and gives its index.
    mutating func emit(_ node: PrintNode, over children: [Int32] = []) throws(FormatError) -> Int32 {
        let cost = children.reduce(1) { min($0 + costs[Int($1)], Self.costMax + 1) }
        if cost > Self.costMax { throw error("the expression takes too many steps") }
        let height = children.reduce(0) { max($0, heights[Int($1)]) } + 1
        if height > Self.heightMax { throw error("the expression is too long") }
        costs.append(cost)
        heights.append(height)
        format.nodes.append(node)
        return Int32(format.nodes.count - 1)
    }

    mutating func emitConstant(_ value: UInt64, _ type: CType) throws(FormatError) -> Int32 {
        var node = PrintNode(.constant, .integer, type)
        node.value = value.extended(size: type.size, isSigned: type.isSigned)
        return try emit(node)
    }

    /// Keeps bytes in the program's text.
    mutating func keep(_ bytes: [UInt8]) -> (start: Int32, count: Int32) {
        let start = Int32(format.text.count)
        format.text += bytes
        return (start, Int32(bytes.count))
    }

    /// Runs `body` one level deeper.
    mutating func nested<T>(
        _ body: (inout PrintCompiler) throws(FormatError) -> T
    ) throws(FormatError) -> T {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw error("nested more than \(Self.depthMax) deep") }
        return try body(&self)
    }
}
