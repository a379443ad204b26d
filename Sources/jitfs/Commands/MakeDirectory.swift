internal import ArgumentParser
internal import Foundation

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
            request.body = Request.Body(
                bytes: Array(try JSONEncoder().encode(["name": name])), type: "application/json")
            do {
                _ = try Client(server).fetch(request)
            } catch let complaint as Complaint {
                throw Complaint(path, complaint.reason)
            }
        }
    }
}
