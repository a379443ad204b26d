import Glibc

/// A connection that a test keeps: one request after the other, or a stream that is read bit by bit.
///
/// Every read gives up after ten seconds, so that a test fails instead of hanging.
@safe final class KeptConnection: @unchecked Sendable {
    // Sendable: a test hands each to one thread at most.
    private var descriptor: Int32
    private var pending: [UInt8] = []

    struct Broken: Error { let reason: String }

    /// Over TCP, to a port of this machine.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try connect(&name)
    }

    /// Over a unix socket.
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

    /// Sends a request and reads its answer.
    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil
    ) throws -> Response {
        try begin(method, target, headers, body: body)
        var response = try head()
        if method == "HEAD" || response.status == 204 || response.status == 304 { return response }
        var body: [UInt8] = []
        if let length = response.headers["content-length"].flatMap({ Int($0) }) {
            body = try bytes(length)
        } else {
            while let chunk = try chunk() { body += chunk }
        }
        response.body = String(decoding: body, as: UTF8.self)
        return response
    }

    /// Sends a request and reads the head of its answer: of a stream.
    func open(_ target: String, _ headers: [(String, String)] = []) throws -> Response {
        try begin("GET", target, headers, body: nil)
        return try head()
    }

    private func begin(_ method: String, _ target: String, _ headers: [(String, String)], body: String?) throws {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        for (name, value) in [("Host", "127.0.0.1")] + headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        let bytes = Array((text + "\r\n" + (body ?? "")).utf8)
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Broken(reason: "send: errno \(errno)") }
            sent += count
        }
    }

    private func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        if count < 0 {
            if errno == ECONNRESET { return false }
            throw Broken(reason: "nothing came within ten seconds")
        }
        pending += chunk[..<count]
        return count > 0
    }

    /// Whether the server closes now, whatever it sends before.
    func isClosedByServer() throws -> Bool {
        while try receive() {}
        return true
    }

    private func line() throws -> String {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            guard try receive() else { throw Broken(reason: "closed in the middle of a line") }
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        while pending.count < count {
            guard try receive() else { throw Broken(reason: "closed in the middle of \(count) bytes") }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    /// One chunk of a stream; nil at its end.
    func chunk() throws -> [UInt8]? {
        guard let size = Int(try line(), radix: 16) else { throw Broken(reason: "no size of a chunk") }
        let data = try bytes(size)
        _ = try line()
        return size > 0 ? data : nil
    }

    private func head() throws -> Response {
        var response = Response()
        let parts = try line().split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Broken(reason: "no status line") }
        response.status = status
        while true {
            let line = try line()
            if line.isEmpty { return response }
            guard let colon = line.firstIndex(of: ":") else { throw Broken(reason: "no header: \(line)") }
            response.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
    }
}
