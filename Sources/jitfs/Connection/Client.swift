internal import ArgumentParser
internal import Foundation
internal import FoundationNetworking
internal import Glibc

/// Speaks HTTP to one jitfsd.
///
/// ```swift
/// let client = try Client(options)
/// let listing = try client.fetch(Request(path: path, form: .json))   // the body, whole
/// try client.copy(Request(path: path))                               // to standard output, as it comes
/// ```
///
/// One request at a time. A command waits for its answer for as long as the server takes: a stream may be silent for days.
final class Client {
    private let server: URLComponents
    private let bearer: String?

    /// Makes a client; nothing is connected yet.
    ///
    /// - Throws: a usage error where the options name no server.
    init(_ options: ServerOptions) throws {
        server = try options.server()
        bearer = options.bearer
        if Self.isLoopback(server.host ?? "") {
            // A proxy would look for this address on its own machine.
            unsafe setenv("no_proxy", "*", 1)
        }
    }

    /// Asks, and gives the body of the answer.
    ///
    /// - Throws: a complaint about the request's path.
    func fetch(_ request: Request) throws -> Data {
        var body = Data()
        try run(request) { piece in
            body.append(piece)
            return true
        }
        return body
    }

    /// Asks, and writes the body of the answer to standard output while it comes.
    ///
    /// - Throws: a complaint about the request's path, or about standard output.
    func copy(_ request: Request) throws {
        var reason: String?
        try run(request) { piece in
            reason = StandardOutput.write(piece)
            return reason == nil
        }
        if let reason { throw Complaint("standard output", reason) }
    }

    private func run(_ request: Request, _ take: (Data) -> Bool) throws {
        let exchange = Exchange()
        let session = URLSession(configuration: Self.configuration, delegate: exchange, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: try urlRequest(for: request))
        exchange.start(task)
        while let piece = exchange.next() {
            if !take(piece) { return task.cancel() }
        }
        if let reason = exchange.complaint(server: server.string ?? "") { throw Complaint(request.path.text, reason) }
    }

    private static var configuration: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = secondsMax
        configuration.timeoutIntervalForResource = secondsMax
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        return configuration
    }

    /// Seconds that nobody waits: a year.
    private static var secondsMax: Double { 365 * 86400 }

    private func urlRequest(for request: Request) throws -> URLRequest {
        var base = server.string ?? ""
        while base.last == "/" { base.removeLast() }
        guard let url = URL(string: base + request.target) else {
            throw Complaint(request.path.text, "EINVAL: it makes no URL behind \(base)")
        }
        var made = URLRequest(
            url: url, cachePolicy: .reloadIgnoringLocalAndRemoteCacheData, timeoutInterval: Self.secondsMax)
        made.httpMethod = request.method
        made.setValue(request.form.accept, forHTTPHeaderField: "Accept")
        made.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        made.setValue("jitfs/0.1", forHTTPHeaderField: "User-Agent")
        // What is recorded on behalf of this process bears its name, as a marker written by `echo` bears the shell's.
        made.setValue("jitfs-\(getpid())", forHTTPHeaderField: "Jitfs-Task")
        if let bearer { made.setValue("Bearer \(bearer)", forHTTPHeaderField: "Authorization") }
        if let body = request.body {
            made.httpBody = Data(body.bytes)
            made.setValue(body.type, forHTTPHeaderField: "Content-Type")
        }
        return made
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
    }
}
