public import Bytes
internal import SystemPackage

/// What was wrong with the last commands that an instance was given: its file `error_log`.
///
/// The last eight, as in Linux. A value; the instance's lock protects it.
public struct ErrorLog: Sendable {
    /// One command that was refused.
    public struct Entry: Sendable, Equatable {
        /// When, ns of the engine's clock.
        public let timestamp: UInt64
        /// What kind of command it was: `event filter parse error`.
        public let place: String
        /// What was wrong with it.
        public let message: String
        /// The command.
        public let command: [UInt8]
        /// Where the `^` stands below it.
        public let position: Int
    }

    /// How many are kept.
    public static let countMax = 8

    /// The entries, oldest first.
    public private(set) var entries: [Entry] = []

    /// An empty log.
    public init() {}

    mutating func append(_ entry: Entry) {
        if entries.count == Self.countMax { entries.removeFirst() }
        entries.append(entry)
    }

    /// Appends the kernel's text.
    ///
    /// ```
    /// [  190.105555] event filter parse error: error: Field not found
    ///   Command: bogus == 1
    ///                  ^
    /// ```
    public func append(to out: inout ByteBuffer) {
        for entry in entries {
            out.append("[")
            out.append(decimal: entry.timestamp / 1_000_000_000, width: 5)
            out.append(".")
            out.append(decimal: entry.timestamp / 1000 % 1_000_000, width: 6, padding: 0x30)
            out.append("] ")
            out.append(entry.place)
            out.append(": error: ")
            out.append(entry.message)
            out.append("\n  Command: ")
            out.append(entry.command.span)
            out.append(0x0A)
            out.append(repeating: 0x20, count: 11 + entry.position)
            out.append("^\n")
        }
    }
}

extension TraceInstance {
    /// What was refused lately.
    public var errorLog: ErrorLog { peek { $0?.errors ?? ErrorLog() } }

    /// Remembers what was refused; a removed instance remembers nothing.
    func log(_ entry: ErrorLog.Entry) {
        try? withTouchedParts { parts throws(Errno) in parts.errors.append(entry) }
    }

    /// Forgets what was refused.
    public func clearErrorLog() { peek { $0?.errors = ErrorLog() } }
}
