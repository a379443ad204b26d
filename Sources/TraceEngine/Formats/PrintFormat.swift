public import Bytes

/// A print fmt, compiled: how a record becomes the text of its line in `trace`.
///
/// ```swift
/// let format = try PrintFormat(compiling: Array(#""a=%d", REC->a"#.utf8), fields: [a])
/// format.append(record, to: &out)             // "a=-5"
/// ```
///
/// Output is the kernel's, byte for byte, where the record holds what is shown. What only the kernel's memory holds is
/// shown as its address: `%s` of a `char *` and `%pS` as `0x…`, `%p`, `%px` and `%pK` as 16 digits (the kernel shows
/// a hash there). Any record may be given, also a truncated or a hostile one: reading stops at its end, dividing by
/// zero gives 0, widths end at ``widthMax``.
///
/// An immutable value; showing a `sched_switch` costs some 0.3 us.
public struct PrintFormat: Sendable {
    var nodes: [PrintNode] = []
    var pieces: [PrintPiece] = []
    /// Runs of `pieces`; the first is the whole.
    var runs: [Range<Int32>] = []
    var tables: [PrintTable] = []
    var entries: [PrintTable.Entry] = []
    var text: [UInt8] = []
    /// For a format that shows bare fields.
    var bareFields: [EventField]?

    /// The widest a `%*d` may make its output, in characters.
    public static var widthMax: Int { 4096 }

    init() {}

    /// Compiles a print fmt.
    ///
    /// - Parameters:
    ///   - text: what follows `print fmt: `: a string, then its arguments.
    ///   - fields: what `REC->` and `__get_str()` may name, common fields included.
    /// - Throws: ``FormatError`` where the text is not C, names a field that is not there, or has fewer arguments than
    ///   conversions.
    public init(compiling text: [UInt8], fields: [EventField]) throws(FormatError) {
        var compiler = PrintCompiler(source: text, fields: fields)
        self = try compiler.program()
    }

    /// Shows the fields as the kernel does with its option `fields`: ` a=0xfffffffb (-5) s=hello`.
    ///
    /// - Parameter fields: in the order to show them.
    public init(showing fields: [EventField]) {
        bareFields = fields.filter { !$0.name.utf8.starts(with: "common_".utf8) }
    }

    /// Appends what a record shows.
    ///
    /// - Parameters:
    ///   - record: its payload, from `common_type` on.
    ///   - out: where the text goes.
    public func append(_ record: Span<UInt8>, to out: inout ByteBuffer) {
        if let bareFields {
            Self.append(fields: bareFields, of: record, to: &out)
            return
        }
        guard let all = runs.first else { return }
        let evaluator = PrintEvaluator(
            nodes: nodes.span, pieces: pieces.span, runs: runs.span, tables: tables.span, entries: entries.span,
            text: text.span, record: record)
        evaluator.append(run: all, to: &out)
    }
}
