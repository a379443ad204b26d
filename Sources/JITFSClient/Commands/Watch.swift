internal import ArgumentParser

/// `jitfs watch`: what a file shows, and whenever it shows something else; which entries of a directory come and go.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show a file's value, and each that follows; what comes and goes in a directory.",
        discussion: """
            A JSON object a line: of a file its value, of a directory first its entries, then which were added and which \
            removed. A pipe's value is whether it is worth reading. Who reads slowly is shown what there is by then, and \
            nothing in between. It ends with Ctrl-C, when nobody reads its output any more, when what is watched is removed, \
            or when the server stops.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("End after so many lines.", valueName: "n"))
    var count: UInt64?

    @Option(
        help: ArgumentHelp(
            "End after so long; 0 shows what there is now. Fractions are fine.", valueName: "seconds"))
    var timeout: Double?

    @Argument(help: ArgumentHelp("A file, a pipe or a directory.", valueName: "path"))
    var path: String

    func validate() throws {
        if let timeout, !(timeout.isFinite && timeout >= 0) { throw ValidationError("--timeout is 0 or more seconds") }
        if count == 0 { throw ValidationError("--count is 1 or more") }
    }

    func run() throws {
        try Complaint.reporting {
            let path = try RemotePath(path)
            var request = Request(path: path, query: [("watch", nil)], form: .json)
            if let timeout { request.query.append(("timeout", Request.seconds(timeout))) }
            StandardOutput.endWithReader()
            var events = EventText()
            var left = count ?? .max
            try Client(server).read(request) { piece in
                let lines = events.take(piece, countMax: left)
                left -= lines.count
                if let reason = StandardOutput.write(lines.text) { throw Complaint("standard output", reason) }
                if let problem = lines.problem {
                    throw Complaint(path.text, Refusal.text(of: problem, status: 413, type: "application/problem+json"))
                }
                return left > 0
            }
        }
    }
}
