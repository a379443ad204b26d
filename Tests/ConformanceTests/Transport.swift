import Bytes
import Glibc
import HTTPGateway
import JITFSServer
import PseudoFS
import Testing

/// A request of the table.
struct Request: Sendable {
    let method: String
    let target: String
    var headers: [(String, String)] = []
    var body: String?

    init(_ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// What came back.
struct Response: Sendable {
    var status = 0
    var headers: [String: String] = [:]
    var body = ""

    /// The media type without its parameters.
    var mediaType: String? { headers["content-type"]?.split(separator: ";").first.map(String.init) }
}

/// A way to have a request answered.
protocol Transport { func send(_ request: Request) throws -> Response }

/// The gateway, called.
struct InProcess: Transport {
    let gateway: Gateway

    func send(_ request: Request) throws -> Response {
        var head = RequestHead()
        head.start(method: request.method.utf8Span.span, target: request.target.utf8Span.span, peer: Peer())
        let length = request.body.map { [("Content-Length", "\($0.utf8.count)")] } ?? []
        for (name, value) in [("Host", "127.0.0.1")] + request.headers + length {
            head.addHeader(name: name.utf8Span.span, value: value.utf8Span.span)
        }
        var reply = Reply()
        let body = request.body ?? ""
        switch gateway.admit(head, reply: &reply) {
        case .refused: break
        case .whole(let limit) where body.utf8.count > limit: gateway.refuseBody(of: head, reply: &reply)
        case .whole: gateway.respond(to: head, body: body.utf8Span.span, reply: &reply)
        case .pieces(let receiver):
            let bytes = body.utf8Span.span
            var start = 0
            while start < bytes.count, receiver.take(bytes.extracting(start..<min(start + 777, bytes.count))) {
                start += 777
            }
            receiver.finish(head, reply: &reply)
        }
        return read(reply, isHead: request.method == "HEAD")
    }

    private func read(_ reply: borrowing Reply, isHead: Bool) -> Response {
        var rest = ByteBuffer()
        var response = Response(status: Int(reply.status))
        let block = reply.headers
        var words: [String] = []
        var start = 0
        for index in block.indices where block[index] == 0 {
            words.append(String(repairing: block.extracting(start..<index)))
            start = index + 1
        }
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            response.headers[words[index].lowercased()] = words[index + 1]
        }
        if let stream = reply.stream {
            while !isHead, stream.read(into: &rest, limit: 65536) == .more {}
            stream.close()
        }
        // The transport sends the length of what GET would give to HEAD, and not the bytes.
        if !isHead, reply.status != 204, reply.status != 304 { response.body = reply.body.text + rest.text }
        return response
    }
}

/// A server that is started, and a connection for each request.
struct Live: Transport {
    let port: UInt16

    struct Broken: Error { let reason: String }

    init(_ server: Server) throws {
        port = try #require(server.addresses.first?.split(separator: ":").last.flatMap { UInt16($0) })
    }

    func send(_ request: Request) throws -> Response {
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nConnection: close\r\n"
        for (name, value) in [("Host", "127.0.0.1")] + request.headers { text += "\(name): \(value)\r\n" }
        if let body = request.body { text += "Content-Length: \(body.utf8.count)\r\n" }
        text += "\r\n" + (request.body ?? "")
        return try parse(exchange(Array(text.utf8)), isHead: request.method == "HEAD")
    }

    private func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var seconds = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &seconds, socklen_t(MemoryLayout<timeval>.size))
        let connected = unsafe withUnsafeMutableBytes(of: &name) {
            unsafe connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard connected == 0 else { throw Broken(reason: "connect: errno \(errno)") }
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            // The server may have refused the head and closed: what it said is still to be read.
            if count <= 0 { break }
            sent += count
        }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return received }
            received += chunk[..<count]
        }
    }

    private func parse(_ bytes: [UInt8], isHead: Bool) throws -> Response {
        var lines: [String] = []
        var start = 0
        while true {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { throw Broken(reason: "the head does not end") }
            let line = String(decoding: bytes[start..<end].filter { $0 != 0x0D }, as: UTF8.self)
            start = end + 1
            if line.isEmpty { break }
            lines.append(line)
        }
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Broken(reason: "no status line")
        }
        var response = Response(status: status)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            response.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let isChunked = response.headers["transfer-encoding"] == "chunked"
        let body = isChunked && !isHead ? try joined(Array(bytes[start...])) : Array(bytes[start...])
        if !isHead { response.body = String(decoding: body, as: UTF8.self) }
        return response
    }

    private func joined(_ bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0D) {
            guard let size = Int(String(decoding: bytes[start..<end], as: UTF8.self), radix: 16) else { break }
            if size == 0 { return body }
            guard end + 2 + size + 2 <= bytes.count else { break }
            body += bytes[(end + 2)..<(end + 2 + size)]
            start = end + 2 + size + 2
        }
        throw Broken(reason: "the chunks do not end")
    }
}
