internal import Bytes

/// Whether a request was meant for us, and whether another site's page sent it: the rules against browsers.
enum HostRule {
    /// Whether `Host` may be what it is.
    ///
    /// Where only this machine can connect, it must name this machine: a page whose name was bound to 127.0.0.1 after
    /// it had been loaded would come with that name. Over a unix socket it may be absent.
    static func allows(_ head: borrowing RequestHead) -> Bool {
        if head.peer.isPublicListener { return true }
        if !head.has(.host), case .unix = head.peer.transport { return true }
        return isLoopback(head.value(.host).trimmed)
    }

    /// Whether the request was not sent on behalf of another site.
    ///
    /// `Origin` must be our own host; `Sec-Fetch-Site` must say that no other site was involved. Neither comes from a
    /// client that is no browser.
    static func isOurOwn(_ head: borrowing RequestHead) -> Bool {
        if head.has(.secFetchSite) {
            let site = head.value(.secFetchSite).trimmed
            guard head.count(.secFetchSite) == 1, site.equals("same-origin") || site.equals("none") else { return false }
        }
        guard head.has(.origin) else { return true }
        let origin = head.value(.origin).trimmed
        guard head.count(.origin) == 1, let schemeEnd = lengthOfScheme(origin) else { return false }
        return equalHosts(origin.extracting(schemeEnd..<origin.count), head.value(.host).trimmed)
    }

    private static func lengthOfScheme(_ origin: Span<UInt8>) -> Int? {
        if origin.starts(with: "http://") { 7 } else if origin.starts(with: "https://") { 8 } else { nil }
    }

    private static func equalHosts(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count, left.count > 0 else { return false }
        for index in left.indices where lower(left[index]) != lower(right[index]) { return false }
        return true
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// `localhost`, `127.x.y.z` or `[::1]`, with or without a port.
    private static func isLoopback(_ host: Span<UInt8>) -> Bool {
        if host.starts(with: "[::1]") { return isPort(host.extracting(5..<host.count)) }
        let nameEnd = host.firstIndex(of: 0x3A) ?? host.count
        guard isPort(host.extracting(nameEnd..<host.count)) else { return false }
        let name = host.extracting(0..<nameEnd)
        return name.equalsIgnoringCase("localhost") || isLoopbackAddress(name)
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ text: Span<UInt8>) -> Bool {
        if text.isEmpty { return true }
        guard text[0] == 0x3A, text.count >= 2, text.count <= 6 else { return false }
        for index in 1..<text.count where text[index] < 0x30 || text[index] > 0x39 { return false }
        return true
    }

    /// Four decimal numbers up to 255, the first one 127.
    private static func isLoopbackAddress(_ name: Span<UInt8>) -> Bool {
        guard name.starts(with: "127.") else { return false }
        var parts = 0
        var start = 0
        for end in 0...name.count where end == name.count || name[end] == 0x2E {
            let length = end - start
            guard length >= 1, length <= 3 else { return false }
            var value = 0
            for index in start..<end {
                guard name[index] >= 0x30, name[index] <= 0x39 else { return false }
                value = value * 10 + Int(name[index] - 0x30)
            }
            guard value <= 255 else { return false }
            parts += 1
            start = end + 1
        }
        return parts == 4
    }
}
