internal import ArgumentParser

/// `jitfs append`: something is added to a file.
struct Append: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append", abstract: "Append to a file, as >> does.",
        discussion:
            "A text that begins with a dash stands behind --:  jitfs append /tracing/dynamic_events -- -:shop/sold")

    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("A file.", valueName: "path"))
    var path: String

    @OptionGroup var text: WrittenText

    func run() throws {
        try Complaint.reporting {
            var request = Request(method: "POST", path: try RemotePath(path), form: .json)
            request.body = Request.Body(bytes: try text.bytes(), type: "application/octet-stream")
            _ = try Client(server).fetch(request)
        }
    }
}
