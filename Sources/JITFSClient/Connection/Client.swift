internal import ArgumentParser
internal import Glibc

/// Speaks HTTP to one jitfsd.
///
/// ```swift
/// let client = try Client(options)
/// let listing = try client.fetch(Request(path: path, form: .json))   // the body, whole
/// try client.copy(Request(path: path))                               // to standard output, as it comes
/// ```
///
/// One request at a time, each over a connection of its own. A command waits for its answer for as long as the server
/// takes: a stream may be silent for days. What is sent to a slow terminal waits in the server, which knows what to do
/// about it. An answer elsewhere is no answer: the token is for this server.
struct Client {
    private let server: ServerAddress
    private let bearer: String?

    /// Bytes of a refusal that are kept: a problem is shorter by far.
    private static var refusalBytesMax: Int { 1 << 16 }

    /// Makes a client; nothing is connected yet.
    ///
    /// - Throws: a usage error where the options name no server.
    init(_ options: ServerOptions) throws {
        server = try options.server()
        bearer = options.bearer
    }

    /// Asks, and gives the body of the answer.
    ///
    /// - Throws: a complaint about the request's path.
    func fetch(_ request: Request) throws -> [UInt8] {
        var body: [UInt8] = []
        try read(request) { piece in
            body += piece
            return true
        }
        return body
    }

    /// Asks, and writes the body of the answer to standard output while it comes.
    ///
    /// - Throws: a complaint about the request's path, or about standard output.
    func copy(_ request: Request) throws {
        try read(request) { piece in
            if let reason = StandardOutput.write(piece) { throw Complaint("standard output", reason) }
            return true
        }
    }

    /// Asks, and gives the body of the answer piece by piece while it comes.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - take: is given each piece, and says whether it wants more; what it throws is thrown.
    /// - Throws: a complaint about the request's path.
    func read(_ request: Request, _ take: ([UInt8]) throws -> Bool) throws {
        var hasAnswered = false
        do {
            let connection = try Connection(to: server)
            try connection.write(Array(head(of: request).utf8) + (request.body?.bytes ?? []))
            var answer = try Answer(on: connection)
            hasAnswered = true
            if answer.status >= 300 { throw Complaint(request.path.text, try refusal(&answer)) }
            while let piece = try answer.next(), try take(piece) {}
        } catch let failure as Connection.Failure {
            throw Complaint(
                request.path.text, Refusal.text(of: failure, server: server.text, hasAnswered: hasAnswered))
        }
    }

    private func refusal(_ answer: inout Answer) throws(Connection.Failure) -> String {
        var body: [UInt8] = []
        while body.count < Self.refusalBytesMax, let piece = try answer.next() { body += piece }
        return Refusal.text(of: body, status: answer.status, type: answer.type)
    }

    private func head(of request: Request) -> String {
        var lines = [
            "\(request.method) \(server.prefix + request.target) HTTP/1.1",
            "Host: \(server.authority)",
            "Connection: close",
            "User-Agent: jitfs/0.1",
            "Accept: \(request.form.accept)",
            // What is recorded on behalf of this process bears its name, as a marker written by `echo` bears the shell's.
            "Jitfs-Task: jitfs-\(getpid())",
        ]
        if let bearer { lines.append("Authorization: Bearer \(bearer)") }
        if let body = request.body {
            lines += ["Content-Type: \(body.type)", "Content-Length: \(body.bytes.count)"]
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }
}
