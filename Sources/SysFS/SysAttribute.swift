public import PseudoFS

/// One value in one file, sysfs's rule, enforced by the type: a number, a word or a flag, and nothing longer.
///
/// ```swift
/// let threads = SysAttribute("threads", summary: "Server threads.") { .number(2) }
/// let depth = SysAttribute("depth", summary: "How deep it looks.", write: .number(1...64) { model.depth = Int($0) }) {
///     .number(UInt64(model.depth))
/// }
/// let files = FileSystem.sysfs("Of the model.", [threads, depth])      // for a Mount
/// ```
///
/// What is written is parsed and checked before the model sees it, as a kernel's `store` function would with
/// `kstrtoul` and `kstrtobool`; `sysfs.rst` of the kernel's documentation has the rule.
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

    /// What a write does: the model gets a value that was checked. It may refuse it still, by an errno and in words; then
    /// nothing has changed.
    public enum Write: Sendable {
        /// Takes a decimal number within bounds.
        case number(ClosedRange<UInt64>, @Sendable (UInt64) throws(Failure) -> Void)
        /// Takes one line of at most so many bytes, without its newline.
        case text(bytesMax: Int, @Sendable (String) throws(Failure) -> Void)
        /// Takes `1`, `y`, `on` or `0`, `n`, `off`, as `kstrtobool` reads them.
        case flag(@Sendable (Bool) throws(Failure) -> Void)
    }

    /// The file's name; a unit stands last: `request_seconds`.
    public let name: String
    /// One sentence.
    public let summary: String
    /// What it takes to read it.
    public let authority: Authority
    /// What it takes to write it.
    public let changeAuthority: Authority
    let read: @Sendable () -> Scalar
    let write: Write?

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - name: the file's name.
    ///   - summary: one sentence, with the unit.
    ///   - authority: what it takes to read it; where that is `.admin`, the mode says that only root can.
    ///   - changeAuthority: what it takes to write it.
    ///   - write: what a write does; nil where none is taken. Writes below one ``PseudoFS/FileSystem/sysfs(_:_:)`` come
    ///     one after the other.
    ///   - read: gives the value at that moment.
    public init(
        _ name: String, summary: String, authority: Authority = .read, changeAuthority: Authority = .admin,
        write: Write? = nil, read: @escaping @Sendable () -> Scalar
    ) {
        self.name = name
        self.summary = summary
        self.authority = authority
        self.changeAuthority = changeAuthority
        self.read = read
        self.write = write
    }

    var entry: DirectoryTableEntry<Always> {
        let writer: File<Always>.Writer? =
            if let write { { _, bytes, _ throws(Failure) in try write.take(bytes) } } else { nil }
        let mode: UInt16 = (authority == .admin ? 0o400 : 0o444) | (write == nil ? 0 : 0o200)
        return .file(
            name,
            .attribute(
                mode: mode, summary: summary,
                value: { [read] _ in
                    switch read() {
                    case .number(let number): .unsigned(number)
                    case .text(let text): .text(text)
                    case .flag(let flag): .boolean(flag)
                    }
                }, write: writer, appends: false, readAuthority: authority, changeAuthority: changeAuthority))
    }
}
