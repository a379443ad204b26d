public import Bytes

/// What an event's record looks like, and how it is printed: the file `format` of the event, understood.
///
/// ```swift
/// let format = try EventFormat(parsing: text.utf8Span.span)
/// format.fields.map(\.name)                    // ["prev_comm", "prev_pid", …]
/// format.print.append(record, to: &out)        // "prev_comm=bash prev_pid=12 …"
/// ```
///
/// Parsing reads the field lines only (some 5 us); the print fmt is compiled when it is first asked for. A value:
/// copies share the compiled form, which any thread may ask for.
public struct EventFormat: Sendable {
    /// The event's name: `sched_switch`.
    public let name: String
    /// The number of the `ID:` line, which is also the record's `common_type`.
    public let id: Int
    /// The fields every record begins with.
    public let commonFields: [EventField]
    /// The event's own fields, in the order of the text.
    public let fields: [EventField]
    /// Bytes of the fixed part, common fields included; dynamic data begins here.
    public let fixedSize: Int
    /// What follows `print fmt: `, without the newlines at the end.
    public let printText: String
    let columns: FieldColumns
    private let compilation: PrintCompilation

    /// Parses a `format` text.
    ///
    /// - Parameter text: as the kernel writes it, from `name:` to the end of `print fmt:`.
    /// - Throws: ``FormatError`` where a line is missing or malformed. A print fmt that cannot be compiled is not an
    ///   error: see ``printProblem``.
    public init(parsing text: Span<UInt8>) throws(FormatError) {
        var scanner = FormatScanner(text)
        let head = try scanner.head()
        var common: [EventField] = []
        var own: [EventField] = []
        while let line = try scanner.field() {
            let field = scanner.field(of: line)
            if field.name.utf8.starts(with: "common_".utf8) { common.append(field) } else { own.append(field) }
        }
        let print = try scanner.printText()
        name = String(repairing: text.extracting(head.name))
        id = head.id
        commonFields = common
        fields = own
        fixedSize = (common + own).reduce(0) { max($0, $1.offset + $1.size) }
        printText = String(repairing: text.extracting(print))
        columns = FieldColumns(own)
        compilation = PrintCompilation(
            text: [UInt8](copying: text.extracting(print)), fields: common + own)
    }

    /// Checks a `format` text as ``init(parsing:)`` does, and keeps nothing.
    ///
    /// Costs some 2 us an event and no memory: it is what an import runs over thousands of them.
    ///
    /// - Returns: where the name stands in the text.
    /// - Throws: what ``init(parsing:)`` would throw.
    @discardableResult
    public static func validate(_ text: Span<UInt8>) throws(FormatError) -> Range<Int> {
        var scanner = FormatScanner(text)
        let head = try scanner.head()
        while try scanner.field() != nil {}
        _ = try scanner.printText()
        return head.name
    }

    /// The print fmt, compiled; the first call for a format compiles, later ones cost a load.
    ///
    /// Where it could not be compiled, this shows the fields as the option `fields` of the kernel does.
    public var print: PrintFormat { compilation.result.format }

    /// Appends what the print fmt shows of a record; as `print.append(_:to:)`, without a copy of the compiled form.
    ///
    /// - Parameters:
    ///   - record: its payload, from `common_type` on.
    ///   - out: where the text goes.
    public func append(printOf record: Span<UInt8>, to out: inout ByteBuffer) {
        compilation.result.format.append(record, to: &out)
    }

    /// Why ``print`` shows bare fields; nil where the print fmt compiled. Offsets are those of ``printText``.
    public var printProblem: FormatError? { compilation.result.problem }

    /// The field of a name, the event's own first.
    public func field(named name: String) -> EventField? {
        fields.first { $0.name == name } ?? commonFields.first { $0.name == name }
    }
}
