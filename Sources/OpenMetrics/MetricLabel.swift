/// What tells one sample of a family from the others: `verb="read"`.
public struct MetricLabel: Sendable {
    /// Letters, digits and underscores. Never `instance`, which Prometheus gives to what it scrapes, nor `le`.
    public let name: StaticString
    let value: Value

    /// A literal is copied out of the program, so that nothing is counted.
    enum Value: Sendable {
        case literal(StaticString)
        case text(String)
    }

    /// A label whose value is known when this is compiled.
    public init(_ name: StaticString, _ value: StaticString) {
        self.name = name
        self.value = .literal(value)
    }

    /// A label with any text; what needs escaping is escaped.
    @_disfavoredOverload
    public init(_ name: StaticString, _ value: String) {
        self.name = name
        self.value = .text(value)
    }
}
