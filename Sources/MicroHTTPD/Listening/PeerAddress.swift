import CMicroHTTPD
import Glibc

/// An address and a port in 18 bytes: IPv4 is kept as IPv6 with the prefix `::ffff:0:0`.
struct PeerAddress: Sendable, Hashable {
    /// The first 64 bits, in host order: what a network is given, and so what is counted.
    var high: UInt64
    /// The last 64 bits, in host order.
    var low: UInt64
    /// The port, in host order.
    var port: UInt16

    /// Reads what the kernel filled in; nil for other families.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let v4 = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in.self) }
            high = 0
            low = 0xFFFF_0000_0000 | UInt64(UInt32(bigEndian: v4.sin_addr.s_addr))
            port = UInt16(bigEndian: v4.sin_port)
        case AF_INET6:
            let v6 = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in6.self) }
            var bytes = v6.sin6_addr
            (high, low) = unsafe withUnsafeBytes(of: &bytes) {
                // An in6_addr stands at a multiple of four bytes, not of eight.
                unsafe (
                    UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            port = UInt16(bigEndian: v6.sin6_port)
        default: return nil
        }
    }

    private var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Whether it is this machine: `127.0.0.0/8`, `::1`.
    var isLoopback: Bool { isIPv4 ? (low >> 24) & 0xFF == 127 : high == 0 && low == 1 }

    /// What is counted together: one IPv4 address, one IPv6 network of 64 bits.
    var source: Source { isIPv4 ? Source(high: 0, low: low) : Source(high: high, low: 0) }

    /// A source of connections.
    struct Source: Sendable, Hashable {
        var high: UInt64
        var low: UInt64
    }

    /// The address in digits, without the port.
    var text: String {
        if isIPv4 {
            return "\((low >> 24) & 0xFF).\((low >> 16) & 0xFF).\((low >> 8) & 0xFF).\(low & 0xFF)"
        }
        var address = in6_addr()
        unsafe withUnsafeMutableBytes(of: &address) {
            unsafe $0.storeBytes(of: high.bigEndian, as: UInt64.self)
            unsafe $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var digits = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(AF_INET6, &address, &digits, socklen_t(digits.count)) != nil else { return "" }
        return String(decoding: digits.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
