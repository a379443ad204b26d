internal import ArgumentParser

/// `jitfs find`: everything below a directory.
struct Find: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "List everything below a directory: a path a line, directories with a / behind them.")

    @OptionGroup var server: ServerOptions

    @Flag(help: "As JSON, an object a line: path, type and mode.")
    var json = false

    @Argument(help: ArgumentHelp("A directory.", valueName: "path"))
    var path: String

    func run() throws {
        try Complaint.reporting {
            let path = try RemotePath(path)
            StandardOutput.endWithReader()
            try Client(server).copy(Request(path: path, query: [("recursive", nil)], form: json ? .json : .text))
        }
    }
}
