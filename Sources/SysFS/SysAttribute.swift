public import PseudoFS

/// One value in one file, sysfs's rule, enforced by the type: a number, a word or a flag, and nothing longer.
public struct SysAttribute: Sendable {
    /// What a sysfs file can hold.
    public enum Scalar: Sendable, Equatable {
        /// A count, a size, a limit.
        case number(UInt64)
        /// One line of text.
        case text(String)
        /// `1` or `0`.
        case flag(Bool)
    }

    /// The file's name; a unit stands last: `request_seconds`.
    public let name: String
    /// One sentence.
    public let summary: String
    /// What it takes to read it.
    public let authority: Authority
    let read: @Sendable () -> Scalar

    /// A value that can be read.
    ///
    /// - Parameters:
    ///   - name: the file's name.
    ///   - summary: one sentence, with the unit.
    ///   - authority: what it takes to read it; where that is `.admin`, the mode says that only root can.
    ///   - read: gives the value at that moment.
    public init(
        _ name: String, summary: String, authority: Authority = .read, read: @escaping @Sendable () -> Scalar
    ) {
        self.name = name
        self.summary = summary
        self.authority = authority
        self.read = read
    }

    var entry: DirectoryTableEntry<Always> {
        .file(
            name,
            .attribute(
                mode: authority == .admin ? 0o400 : 0o444, summary: summary,
                value: { [read] _ in
                    switch read() {
                    case .number(let number): .unsigned(number)
                    case .text(let text): .text(text)
                    case .flag(let flag): .boolean(flag)
                    }
                }, readAuthority: authority))
    }
}
