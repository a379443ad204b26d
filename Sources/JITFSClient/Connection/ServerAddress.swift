/// Where a server is: `http://127.0.0.1:8470`, or `https://HOST/PREFIX` where a proxy stands in front of it.
struct ServerAddress: Sendable {
    /// As it was given: what messages show.
    let text: String
    /// Whether it is spoken to over TLS.
    let isSecure: Bool
    /// A name or an address, an IPv6 address without its brackets.
    let host: String
    /// The port, or what stands for it.
    let port: String
    /// What the `Host` header says: host and port as they were given.
    let authority: String
    /// What stands before every path, without a slash at its end; mostly empty.
    let prefix: String

    /// Takes an address; nil where it is none, or has a query, a fragment or a user.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#@\\\"<>".utf8.contains($0) }),
            let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://")
        else { return nil }
        switch text[..<colon].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: return nil
        }
        let rest = text[colon...].dropFirst(3)
        let authority = rest.prefix { $0 != "/" }
        var host = authority
        var port = Substring()
        let hostEnd = authority.first == "[" ? authority.lastIndex(of: "]") : authority.startIndex
        if let mark = hostEnd.flatMap({ authority[$0...].lastIndex(of: ":") }) {
            port = authority[mark...].dropFirst()
            host = authority[..<mark]
            guard let number = UInt16(port), number > 0, port.first != "+" else { return nil }
        }
        if host.first == "[" {
            guard host.count > 2, host.last == "]" else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(where: { ":[]".contains($0) }) {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.text = text
        self.host = String(host)
        self.port = port.isEmpty ? (isSecure ? "443" : "80") : String(port)
        self.authority = String(authority)
        var prefix = rest.dropFirst(authority.count)
        while prefix.last == "/" { prefix.removeLast() }
        self.prefix = String(prefix)
    }
}
