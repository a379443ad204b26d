internal import ArgumentParser

/// `jitfs write`: a file is given a new value.
struct Write: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write to a file, as > does.",
        discussion:
            "A text that begins with a dash stands behind --. The file must be there; a refused write leaves it as it was."
    )

    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("A file.", valueName: "path"))
    var path: String

    @OptionGroup var text: WrittenText

    func run() throws {
        try Complaint.reporting {
            var request = Request(method: "PUT", path: try RemotePath(path), form: .json)
            request.body = Request.Body(bytes: try text.bytes(), type: "application/octet-stream")
            _ = try Client(server).fetch(request)
        }
    }
}
