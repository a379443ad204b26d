internal import ArgumentParser

/// What goes to standard error when a command fails: `PATH: EINVAL: what was wrong`.
struct Complaint: Error, Sendable, CustomStringConvertible {
    /// What it is about: a path as it was typed.
    let subject: String
    /// The errno's name, and what was wrong.
    let reason: String

    init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    /// The line, without the program's name: one line, whatever the names in it.
    var description: String { Self.printable("\(subject): \(reason)") }

    /// A text with `?` for each control character, for a terminal would obey some of them.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    /// Runs a command, and reports what it throws in the one form that there is.
    ///
    /// - Throws: exit status 1 after a complaint; whatever else was thrown.
    static func reporting(_ command: () throws -> Void) throws {
        do {
            try command()
        } catch let complaint as Complaint {
            StandardError.write("jitfs: \(complaint)\n")
            throw ExitCode.failure
        }
    }
}
