/// A parser and what is to be true of it, whatever the bytes.
///
/// A target fails by a trap: one of the parser's own, one of the address sanitizer, or a `precondition` here.
struct Target: Sendable {
    /// What `FUZZ_TARGET` calls it, and the directory of its seeds.
    let name: String
    /// Takes one input.
    let run: @Sendable (Span<UInt8>) -> Void

    /// All there are.
    static let all: [Target] = [
        .filter, .trigger, .synthetic, .format, .userEvent, .lines, .packed, .catalogue, .json, .pageBatch, .snapshot,
    ]
}

extension Span<UInt8> {
    /// What stands before the first NUL, and what behind it: a text, and a record to try it on.
    var halves: (text: Span<UInt8>, record: Span<UInt8>) {
        @_lifetime(copy self)
        get {
            let end = indices.first { self[$0] == 0 } ?? count
            return (extracting(0..<end), extracting(Swift.min(end + 1, count)..<count))
        }
    }
}
