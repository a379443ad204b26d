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
            guard head.count(.secFetchSite) == 1, site.equals("same-origin") || site.equals("none") else {
                return false
            }
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
        guard let first = host.isEmpty ? nil : host[0] else { return false }
        let nameEnd =
            switch first {
            case 0x31: lengthOfLoopbackAddress(host)
            case 0x4C, 0x6C: lengthOf("localhost", in: host)
            case 0x5B: lengthOf("[::1]", in: host)
            default: nil as Int?
            }
        return nameEnd.map { isPort(host, from: $0) } ?? false
    }

    private static func lengthOf(_ name: StaticString, in host: Span<UInt8>) -> Int? {
        let length = name.utf8CodeUnitCount
        return host.count >= length && host.extracting(0..<length).equalsIgnoringCase(name) ? length : nil
    }

    /// How much of the host is four decimal numbers up to 255 of which the first is 127; nil where it does not begin so.
    private static func lengthOfLoopbackAddress(_ host: Span<UInt8>) -> Int? {
        guard host.count >= 9, host[1] == 0x32, host[2] == 0x37, host[3] == 0x2E else { return nil }
        var dots = 0
        var digits = 0
        var value = 0
        for index in host.indices {
            let byte = host[index]
            if byte >= 0x30, byte <= 0x39 {
                value = value * 10 + Int(byte - 0x30)
                digits += 1
                if digits > 3 || value > 255 { return nil }
                continue
            }
            if digits == 0 { return nil }
            if byte != 0x2E || dots == 3 { return dots == 3 ? index : nil }
            dots += 1
            digits = 0
            value = 0
        }
        return dots == 3 && digits > 0 ? host.count : nil
    }

    /// Nothing, or a colon and up to five digits.
    private static func isPort(_ host: Span<UInt8>, from start: Int) -> Bool {
        let length = host.count - start
        if length == 0 { return true }
        guard host[start] == 0x3A, length >= 2, length <= 6 else { return false }
        for index in (start + 1)..<host.count where host[index] < 0x30 || host[index] > 0x39 { return false }
        return true
    }
}
