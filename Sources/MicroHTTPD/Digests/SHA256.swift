import CMicroHTTPD

/// SHA-256 (FIPS 180-4), by GnuTLS, which libmicrohttpd links anyway.
public enum SHA256 {
    /// Hashes bytes: 32 of them come back, `SHA256.digest("abc")` being `ba7816bf…`.
    public static func digest(_ bytes: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let status = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe gnutls_hash_fast(GNUTLS_DIG_SHA256, source.baseAddress, source.count, &digest)
        }
        precondition(status == 0, "SHA-256 is always there")
        return digest
    }
}
