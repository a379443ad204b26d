internal import CGnuTLS
internal import Glibc

/// TLS over a connected socket, with the authorities that this machine trusts.
///
/// GnuTLS, because it is there wherever libmicrohttpd is, which the service links.
@safe final class SecureSession {
    private var session: gnutls_session_t?
    private var credentials: gnutls_certificate_credentials_t?

    /// Shakes hands.
    ///
    /// - Parameters:
    ///   - descriptor: stays the caller's.
    ///   - host: must be in the certificate, a name or an address.
    /// - Throws: `untrusted`.
    init(_ descriptor: Int32, host: String) throws(Connection.Failure) {
        // What one sends after the other side has hung up is an error here, and not the end of the process.
        let flags = UInt32(GNUTLS_CLIENT) | UInt32(GNUTLS_NO_SIGNAL)
        guard unsafe gnutls_certificate_allocate_credentials(&credentials) >= 0,
            unsafe gnutls_certificate_set_x509_system_trust(credentials) >= 0,
            unsafe gnutls_init(&session, flags) >= 0, unsafe gnutls_set_default_priority(session) >= 0,
            unsafe gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials)) >= 0
        else { throw .untrusted }
        if !Self.isAddress(host) {
            _ = unsafe gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, host.utf8.count)
        }
        // The name is copied.
        unsafe gnutls_session_set_verify_cert(session, host, 0)
        unsafe gnutls_transport_set_int2(session, descriptor, descriptor)
        while true {
            let result = unsafe gnutls_handshake(session)
            if result >= 0 { return }
            if gnutls_error_is_fatal(result) != 0 { throw .untrusted }
        }
    }

    deinit {
        if unsafe session != nil { unsafe gnutls_deinit(session) }
        if unsafe credentials != nil { unsafe gnutls_certificate_free_credentials(credentials) }
    }

    /// As `Connection.read(into:)`. An end that was not announced is an error: somebody may have cut the answer off.
    func read(into buffer: inout [UInt8]) throws(Connection.Failure) -> Int {
        while true {
            let count = unsafe gnutls_record_recv(session, &buffer, buffer.count)
            if count >= 0 { return count }
            if gnutls_error_is_fatal(Int32(count)) != 0 { throw .hungUp }
        }
    }

    /// As `Connection.write`, but the whole: whether an answer is coming cannot be told from the socket.
    func write(_ bytes: [UInt8]) throws(Connection.Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe gnutls_record_send(session, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if gnutls_error_is_fatal(Int32(count)) != 0 {
                return
            }
        }
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }
}
