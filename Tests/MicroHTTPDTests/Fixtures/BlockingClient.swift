import Bytes
import Glibc

/// A plain blocking HTTP client: what the tests send is exactly what goes over the wire.
///
/// Every read gives up after ten seconds, so that a test fails instead of hanging.
@safe final class BlockingClient: @unchecked Sendable {
    // Sendable: a test hands each to one task at most.
    private(set) var descriptor: Int32
    private var pending: [UInt8] = []

    struct Response: Equatable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Broken: Error { let reason: String }

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBuffer {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        }
        // Heads and bodies are sent apart: without this the second waits for the first one's delayed acknowledgement.
        var one: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try connect(&name)
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        try connect(&name)
    }

    deinit { close() }

    private func connect<Name>(_ name: inout Name) throws {
        var seconds = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &seconds, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &seconds, socklen_t(MemoryLayout<timeval>.size))
        let length = socklen_t(MemoryLayout<Name>.size)
        let result = unsafe withUnsafeMutableBytes(of: &name) {
            unsafe Glibc.connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
        }
        if result != 0 { throw Broken(reason: "connect: errno \(errno)") }
    }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { source in
                unsafe Glibc.send(
                    descriptor, source.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Broken(reason: "send: errno \(errno)") }
            sent += count
        }
    }

    /// Reads some more.
    ///
    /// - Returns: false where the server has closed.
    func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        if count < 0 {
            if errno == ECONNRESET { return false }
            throw Broken(reason: "nothing came within ten seconds")
        }
        pending.append(contentsOf: chunk[..<count])
        return count > 0
    }

    /// Whether the server closes now, whatever it sends before.
    func isClosedByServer() throws -> Bool {
        while try receive() {}
        return true
    }

    func line() throws -> String {
        var scanned = 0
        while true {
            if let end = pending[scanned...].firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            scanned = pending.count
            guard try receive() else { throw Broken(reason: "closed in the middle of a line") }
        }
    }

    func bytes(_ count: Int) throws -> [UInt8] {
        while pending.count < count {
            guard try receive() else { throw Broken(reason: "closed in the middle of \(count) bytes") }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    func head() throws -> Response {
        var response = Response()
        let parts = try line().split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Broken(reason: "no status line") }
        response.status = status
        while true {
            let line = try line()
            if line.isEmpty { return response }
            guard let colon = line.firstIndex(of: ":") else { throw Broken(reason: "no header: \(line)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            response.headers[line[..<colon].lowercased()] = String(value)
        }
    }

    /// One chunk of a chunked body; nil at its end.
    func chunk() throws -> [UInt8]? {
        guard let size = Int(try line(), radix: 16) else { throw Broken(reason: "no chunk size") }
        let data = try bytes(size)
        _ = try line()
        return size > 0 ? data : nil
    }

    /// The head of a stream, and its first chunk.
    func streamed() throws -> [UInt8]? {
        _ = try head()
        return try chunk()
    }

    /// A whole response; `isHead` where none has a body.
    func response(isHead: Bool = false) throws -> Response {
        var response = try head()
        if isHead || response.status == 204 || response.status == 304 || response.status < 200 { return response }
        if let length = response.headers["content-length"].flatMap({ Int($0) }) {
            response.body = try bytes(length)
        } else if response.headers["transfer-encoding"] == "chunked" {
            while let chunk = try chunk() { response.body += chunk }
        } else {
            while try receive() {}
            response.body = pending
            pending = []
        }
        return response
    }

    func get(_ target: String, headers: String = "") throws -> Response {
        try send("GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n")
        return try response()
    }
}
