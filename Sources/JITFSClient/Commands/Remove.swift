internal import ArgumentParser

/// `jitfs rm`: an end to what can be removed.
struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove a file or a directory.",
        discussion: "A tracing instance goes with all that is in it, and ends who reads it.")

    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("What is to go.", valueName: "path"))
    var path: String

    func run() throws {
        try Complaint.reporting {
            _ = try Client(server).fetch(Request(method: "DELETE", path: try RemotePath(path), form: .json))
        }
    }
}
