internal import ArgumentParser

/// `jitfs cat`: what is in a file.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat", abstract: "Show a file, as the kernel's own would be.",
        discussion: "It is shown while it comes, whatever its size.")

    @OptionGroup var server: ServerOptions

    @Flag(help: "As JSON: typed values, events as objects.")
    var json = false

    @Argument(help: ArgumentHelp("A file.", valueName: "path"))
    var path: String

    func run() throws {
        try Complaint.reporting {
            let path = try RemotePath(path)
            StandardOutput.endWithReader()
            try Client(server).copy(Request(path: path, form: json ? .json : .text))
        }
    }
}
