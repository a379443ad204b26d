internal import ArgumentParser

/// `jitfs pipe`: events as they come.
struct Pipe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipe", abstract: "Show events as they come, and take them out of the buffer.",
        discussion: """
            Each is shown when it happens. It ends with Ctrl-C, when nobody reads its output any more, when the instance is \
            removed, or when the server stops. A pipe has one reader at a time.
            """)

    @OptionGroup var server: ServerOptions

    @Flag(help: "As JSON, an object a line.")
    var json = false

    @Option(help: ArgumentHelp("End after so many events.", valueName: "n"))
    var count: UInt64?

    @Option(
        help: ArgumentHelp(
            "End after so long; 0 shows what is there. Fractions are fine.", valueName: "seconds"))
    var timeout: Double?

    @Argument(help: ArgumentHelp("A trace_pipe, of an instance or of one of its CPUs.", valueName: "path"))
    var path: String

    func validate() throws {
        if let timeout, !(timeout.isFinite && timeout >= 0) { throw ValidationError("--timeout is 0 or more seconds") }
        if count == 0 { throw ValidationError("--count is 1 or more") }
    }

    func run() throws {
        try Complaint.reporting {
            var request = Request(path: try RemotePath(path), form: json ? .json : .text)
            if let count { request.query.append(("count", "\(count)")) }
            if let timeout { request.query.append(("timeout", Request.seconds(timeout))) }
            StandardOutput.endWithReader()
            try Client(server).copy(request)
        }
    }
}
