internal import ArgumentParser
internal import Glibc

/// Which server, and as whom: the options that every command has.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server. Default: JITFS_URL, else \(Self.defaultURL).", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The bearer token. Default: JITFS_TOKEN, else none.", valueName: "token"))
    var token: String?

    static let defaultURL = "http://127.0.0.1:8470"

    /// Refuses what is no server's address, or no token that a header can carry.
    func validate() throws {
        _ = try server()
        // RFC 6750: what stands behind "Bearer". A line end in it would begin another header.
        guard bearer?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else {
            throw ValidationError("a token is of printable ASCII without spaces")
        }
    }

    /// The server, with `http` or `https`, a host, and no query.
    ///
    /// - Throws: a usage error, with what was given.
    func server() throws -> ServerAddress {
        let text = url ?? Self.environment("JITFS_URL") ?? Self.defaultURL
        guard let server = ServerAddress(text) else {
            throw ValidationError("a server is http://HOST:PORT or https://HOST:PORT, not \(text)")
        }
        return server
    }

    /// The token, where there is one.
    var bearer: String? { token ?? Self.environment("JITFS_TOKEN") }

    /// A variable that is set and not empty.
    private static func environment(_ name: String) -> String? {
        guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }), !text.isEmpty else { return nil }
        return text
    }
}
