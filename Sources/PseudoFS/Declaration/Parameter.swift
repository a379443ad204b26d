/// A parameter that a node takes beside its path: `?count=10`.
public struct Parameter: Sendable, Equatable {
    /// What its value may be.
    public enum Kind: Sendable, Equatable {
        /// Present, empty, `1` or `0`.
        case flag
        /// A decimal number between the bounds.
        case integer(ClosedRange<UInt64>)
        /// Seconds, fractions allowed, not negative.
        case seconds
        /// A name, at most 255 bytes.
        case name
        /// Names with commas between them, none of them empty; at most 4,096 bytes together.
        case names
        /// A path, or a name: 1 to 4,096 bytes.
        case path
        /// One of these words.
        case choice([String])
    }

    /// The name, in snake case.
    public let name: String
    /// What its value may be.
    public let kind: Kind
    /// With which verbs it is taken.
    public let verbs: Verbs
    /// One sentence.
    public let summary: String

    /// Declares a parameter.
    public init(_ name: String, _ kind: Kind, verbs: Verbs = .read, summary: String) {
        self.name = name
        self.kind = kind
        self.verbs = verbs
        self.summary = summary
    }

    /// Whose what a write makes is to be: the name of an owner, which the front looks up.
    public static let owner = Parameter(
        "owner", .name, verbs: [.write, .append], summary: "The owner that takes along what is made, when it goes.")
}

/// The parameters that came with one call, checked against what the node declares.
public struct Arguments: Sendable, Equatable {
    /// The value of one parameter.
    public enum Argument: Sendable, Equatable {
        /// A flag that is set or cleared.
        case flag(Bool)
        /// A number.
        case integer(UInt64)
        /// Seconds.
        case seconds(Double)
        /// A name, names with commas between them, or a chosen word.
        case name(String)
    }

    private var values: [(name: String, argument: Argument)] = []

    /// No arguments.
    public init() {}

    /// Adds one; the caller has checked that it is declared and comes once.
    public mutating func add(_ name: String, _ argument: Argument) { values.append((name, argument)) }

    /// Whether nothing was given.
    public var isEmpty: Bool { values.isEmpty }

    /// Whether a parameter was given.
    public func contains(_ name: String) -> Bool { values.contains { $0.name == name } }

    /// Whether a flag is given and set.
    public func flag(_ name: String) -> Bool { self[name] == .flag(true) }

    /// A number, where it was given.
    public func integer(_ name: String) -> UInt64? {
        if case .integer(let number) = self[name] { number } else { nil }
    }

    /// Seconds, where they were given.
    public func seconds(_ name: String) -> Double? {
        if case .seconds(let seconds) = self[name] { seconds } else { nil }
    }

    /// A name, where it was given.
    public func name(_ name: String) -> String? { if case .name(let text) = self[name] { text } else { nil } }

    private subscript(_ name: String) -> Argument? { values.first { $0.name == name }?.argument }

    /// The same names with the same values, in the same order.
    public static func == (left: Arguments, right: Arguments) -> Bool {
        left.values.elementsEqual(right.values) { $0.name == $1.name && $0.argument == $1.argument }
    }
}
