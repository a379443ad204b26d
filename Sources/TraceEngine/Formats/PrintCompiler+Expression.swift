extension PrintCompiler {
    /// `condition ? value : value`, or what binds tighter.
    mutating func expression() throws(FormatError) -> Int32 {
        try nested { (compiler) throws(FormatError) in try compiler.conditional() }
    }

    private mutating func conditional() throws(FormatError) -> Int32 {
        let condition = try binary(1)
        guard try takeIf(.question) else { return condition }
        // GNU's `a ?: b`.
        let yes = isSymbol(.colon) ? condition : try expression()
        try take(.colon, ":")
        let no = try expression()
        if let known = constant(condition) { return known != 0 ? yes : no }
        let (left, right) = (node(yes), node(no))
        var result = PrintNode(.conditional, .text)
        if left.form == .integer, right.form == .integer {
            result.form = .integer
            result.type = PrintArithmetic.common(left.type, right.type)
        } else if left.form == .bytes, right.form == .bytes {
            result.form = .bytes
            result.type = left.type
        }
        (result.a, result.b, result.c) = (condition, yes, no)
        return try emit(result, over: [condition, yes, no])
    }

    /// Operators of at least a precedence, from the left.
    private mutating func binary(_ least: Int) throws(FormatError) -> Int32 {
        var left = try unary()
        while let (operation, precedence) = infix, precedence >= least {
            try advance()
            let right = try nested { (compiler) throws(FormatError) in try compiler.binary(precedence + 1) }
            left = try combine(operation, left, right)
        }
        return left
    }

    private var infix: (PrintNode.Operation, Int)? {
        guard token.kind == .symbol else { return nil }
        return switch token.symbol {
        case .or: (.or, 1)
        case .and: (.and, 2)
        case .bar: (.bitOr, 3)
        case .caret: (.bitXor, 4)
        case .ampersand: (.bitAnd, 5)
        case .equal: (.equal, 6)
        case .notEqual: (.notEqual, 6)
        case .less: (.less, 7)
        case .lessEqual: (.lessEqual, 7)
        case .greater: (.greater, 7)
        case .greaterEqual: (.greaterEqual, 7)
        case .shiftLeft: (.shiftLeft, 8)
        case .shiftRight: (.shiftRight, 8)
        case .plus: (.add, 9)
        case .minus: (.subtract, 9)
        case .star: (.multiply, 10)
        case .slash: (.divide, 10)
        case .percent: (.remainder, 10)
        default: nil
        }
    }

    // MARK: binary operators

    mutating func combine(
        _ operation: PrintNode.Operation, _ left: Int32, _ right: Int32
    ) throws(FormatError) -> Int32 {
        if node(left).form == .bytes, operation == .add || operation == .subtract, node(right).form == .integer {
            return try advancing(left, by: right, backwards: operation == .subtract)
        }
        let (first, second) = (node(left).type, node(right).type)
        var result = PrintNode(operation, .integer, .int)
        var (left, right) = (left, right)
        switch operation {
        case .and, .or: break
        case .shiftLeft, .shiftRight: result.type = PrintArithmetic.promoted(first)
        case .add, .subtract:
            result.type = PrintArithmetic.common(first, second)
            if first.pointee > 1 {
                result.type = first
                right = try scaled(right, by: first.pointee)
            }
        case .multiply, .bitAnd, .bitXor, .bitOr: result.type = PrintArithmetic.common(first, second)
        default:
            let common = PrintArithmetic.common(first, second)
            left = try converted(left, to: common)
            right = try converted(right, to: common)
            if operation == .divide || operation == .remainder { result.type = common }
            result.c = common.isSigned ? 1 : 0
        }
        (result.a, result.b) = (left, right)
        if let folded = try folding(result) { return folded }
        return try emit(result, over: [left, right])
    }

    private mutating func folding(_ node: PrintNode) throws(FormatError) -> Int32? {
        guard let left = constant(node.a), let right = constant(node.b) else { return nil }
        switch node.operation {
        case .and: return try emitConstant(left != 0 && right != 0 ? 1 : 0, .int)
        case .or: return try emitConstant(left != 0 || right != 0 ? 1 : 0, .int)
        default:
            let value = PrintArithmetic.apply(node.operation, left, right, type: node.operandType)
            return try emitConstant(value, node.type)
        }
    }

    private mutating func scaled(_ index: Int32, by factor: UInt16) throws(FormatError) -> Int32 {
        try combine(.multiply, index, try emitConstant(UInt64(factor), .long))
    }

    private mutating func advancing(_ bytes: Int32, by index: Int32, backwards: Bool) throws(FormatError) -> Int32 {
        var result = PrintNode(.advanced, .bytes, node(bytes).type)
        result.a = bytes
        result.b = backwards ? try negated(index) : index
        return try emit(result, over: [bytes, result.b])
    }

    // MARK: conversions

    /// Brings a number to a type where that can change it.
    mutating func converted(_ index: Int32, to type: CType) throws(FormatError) -> Int32 {
        let from = node(index).type
        if type.size == 8 || from == type || (from.size < type.size && !from.isSigned) { return index }
        return try cast(index, to: type)
    }

    mutating func cast(_ index: Int32, to type: CType) throws(FormatError) -> Int32 {
        if let value = constant(index) { return try emitConstant(value, type) }
        if node(index).operation == .unresolved { return index }
        var result = PrintNode(.cast, .integer, type)
        result.a = index
        return try emit(result, over: [index])
    }

    mutating func negated(_ index: Int32) throws(FormatError) -> Int32 { try unaryNode(.negate, index) }

    mutating func unaryNode(_ operation: PrintNode.Operation, _ index: Int32) throws(FormatError) -> Int32 {
        let type = operation == .not ? .int : PrintArithmetic.promoted(node(index).type)
        if let value = constant(index) {
            switch operation {
            case .negate: return try emitConstant(0 &- value, type)
            case .complement: return try emitConstant(~value, type)
            default: return try emitConstant(value == 0 ? 1 : 0, type)
            }
        }
        var result = PrintNode(operation, .integer, type)
        result.a = index
        return try emit(result, over: [index])
    }
}

extension PrintNode {
    /// The type both sides were brought to: of a comparison, whose own type is `int`, 8 bytes of their sign.
    var operandType: CType {
        switch operation {
        case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual: c == 1 ? .long : .unsignedLong
        default: type
        }
    }
}
