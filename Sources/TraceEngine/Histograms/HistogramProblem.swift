/// What may be wrong with a histogram trigger, in the kernel's words: what `error_log` shows.
enum HistogramProblem: String, Sendable, CaseIterable {
    case duplicateVariable = "Variable already defined"
    case variableNotUnique = """
        Variable name not unique, need to use fully qualified name (subsys.event.var) for variable
        """
    case tooManyVariables = "Too many variables defined"
    case malformedAssignment = "Malformed assignment"
    case namedMismatch = "Named hist trigger doesn't match existing named trigger (includes variables)"
    case triggerExists = "Hist trigger already exists"
    case nothingToClear = "Can't clear or continue a nonexistent hist trigger"
    case clockNotSet = "Couldn't set trace_clock"
    case badModifier = "Invalid field modifier"
    case tooManySubexpressions = "Too many subexpressions (3 max)"
    case timestampMismatch = "Timestamp units in expression don't match"
    case tooManyFieldVariables = "Too many field variables defined"
    case eventFileNotFound = "Event file not found"
    case histogramNotFound = "Matching event histogram not found"
    case histogramNotMade = "Couldn't create histogram for field"
    case syntheticVariableNotFound = "Couldn't find synthetic variable"
    case syntheticEventNotFound = "Couldn't find synthetic event"
    case syntheticTypeMismatch = "Param type doesn't match synthetic event field type"
    case syntheticCountMismatch = "Param count doesn't match synthetic event field count"
    case fieldVariableNotParsed = "Couldn't parse field variable"
    case variableNotMade = "Couldn't create or find variable"
    case trackedIsNoVariable = "For onmax(x) or onchange(x), x must be a variable"
    case trackedNotFound = "Couldn't find onmax or onchange variable"
    case trackedNotMade = "Couldn't create onmax or onchange variable"
    case fieldVariableNotMade = "Couldn't create field variable"
    case tooManyParameters = "Too many action params"
    case parameterNotFound = "Couldn't find param"
    case invalidParameter = "Invalid action param"
    case actionNotFound = "No action found"
    case noSaveParameters = "No params found for save()"
    case tooManySaves = "Can't have more than one save() action per hist"
    case actionMismatch = "Handler doesn't support action"
    case noClosingParenthesis = "No closing paren found"
    case systemNotFound = "Missing subsystem"
    case invalidEvent = "Invalid subsystem or event name"
    case referenceInKey = "Using variable references in keys not supported"
    case variableNotFound = "Couldn't find variable"
    case fieldNotFound = "Couldn't find field"
    case emptyAssignment = "Empty assignment"
    case invalidSortModifier = "Invalid sort modifier"
    case emptySortField = "Empty sort field"
    case tooManySortFields = "Too many sort fields (Max = 2)"
    case invalidSortField = "Sort field must be a key or a val"
    case textOperand = "String type can not be an operand in expression"
    case expectNumber = "Expecting numeric literal"
    case unaryMinusInSubexpression = "Unary minus not supported in sub-expressions"
    case divisionByZero = "Division by zero"
    case needsValue = "Non-hitcount value is required for 'nohitcount'"
}

/// How much a histogram may have; the kernel's numbers.
enum HistogramLimit {
    static let keys = 3
    /// With `hitcount`.
    static let values = 3
    static let variables = 16
    static let sortFields = 2
    static let actions = 8
    /// Parameters of an action, and fields of a synthetic event.
    static let parameters = 64
    /// Bytes of a text in a key or a variable, with its NUL.
    static let textBytes = 256
    /// Bytes of a stack in a key: 16 addresses, all zero here.
    static let stackBytes = 128
    /// Bytes of all keys together.
    static let keyBytes = 384
    /// Binary logarithms of the entries of a table.
    static let sizeBits = 7...17
    static let defaultSizeBits = 11
}
