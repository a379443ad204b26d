internal import ArgumentParser
internal import Bytes

/// `jitfs mkdir`: a new directory, where the server takes one.
struct MakeDirectory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mkdir", abstract: "Make a directory: a tracing instance, for one.")

    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("The new directory; what it stands in must be there.", valueName: "path"))
    var path: String

    func run() throws {
        try Complaint.reporting {
            guard let (parent, name) = try RemotePath(path).split else { throw Complaint(path, "EEXIST: it is there") }
            var request = Request(method: "POST", path: parent, form: .json)
            request.body = Request.Body(bytes: Self.body(name), type: "application/json")
            do {
                _ = try Client(server).fetch(request)
            } catch let complaint as Complaint {
                throw Complaint(path, complaint.reason)
            }
        }
    }

    private static func body(_ name: String) -> [UInt8] {
        var text = ByteBuffer()
        text.append(json: .object([JSONValue.Member(name: "name", value: .string(name))]))
        return text.span.indices.map { text.span[$0] }
    }
}
