import Bytes
import Glibc
import JITFSServer
import PagePool
import PagePoolZstd

extension Benchmark {
    /// Batches of 256 pages over loopback, from one client: what the server's threads take for a page, beside what the same
    /// pages take in process, in rounds that alternate.
    static let pagesBatched = Benchmark(name: "pages-batched") { fixture, scale in
        let set = try PageSet(fixture.pages)
        let loaded = scale.count(50_000, small: 256)
        var configuration = ServerConfiguration()
        try configuration.listen(on: "127.0.0.1:0")
        configuration.threads = 1
        let server = try Server(configuration)
        try server.start()
        defer { server.stop(graceSeconds: 0) }
        let pool = try server.pools.create(
            name: "bench", options: PagePoolOptions(disksizeBytes: UInt64(loaded) * 4096))
        var page = [UInt8](repeating: 0, count: 4096)
        for number in 0..<loaded {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let client = try BatchClient(server.addresses[0])
        let rounds = scale.count(201, small: 2)
        return try [(letter: UInt8(0x50), name: "put", asked: "1.2"), (0x47, "got", "1.5")].map { row in
            var ours: [Int] = []
            var plain: [Int] = []
            var ratios: [Int] = []
            for round in 0..<rounds {
                let first = Int(UInt64(round &+ 1) &* 0x9E37_79B9_7F4A_7C15 >> 24) % (loaded - 255)
                let other = Int(UInt64(round &+ 7_777) &* 0x9E37_79B9_7F4A_7C15 >> 24) % (loaded - 255)
                client.prepare(row.letter, first: first, set, from: loaded + round * 256)
                let batched = try client.serverTime()
                let bytes = client.pages
                var out = ByteBuffer(capacity: 8192)
                let alone = try Measure.cpu {
                    for index in 0..<256 {
                        out.removeAll()
                        if row.letter == 0x47 {
                            try pool.get(UInt64(other + index), into: &out)
                        } else {
                            let page = bytes.span.extracting((index * 4096)..<(index * 4096 + 4096))
                            try pool.put(UInt64(other + index), page)
                        }
                    }
                }
                ours.append(batched / 256)
                plain.append(alone / 256)
                ratios.append(batched * 1000 / max(alone, 1))
            }
            let ratio = Measure.text(Double(Measure.median(ratios)) / 1000, digits: 2)
            return Row(
                row: "a page \(row.name) in a batch of 256 over HTTP, beside in process", asked: "\(row.asked) times",
                measured: "\(ratio) times (\(Measure.median(ours)) and \(Measure.median(plain)) ns)")
        }
    }
}

/// One connection that posts batches, on the thread that calls.
private final class BatchClient {
    struct Broken: Error {}

    private let descriptor: Int32
    private var request: [UInt8] = []
    private(set) var pages = [UInt8](repeating: 0, count: 256 * 4096)
    private var answer = [UInt8](repeating: 0, count: 2 << 20)

    /// Connects.
    ///
    /// - Parameter address: `http://127.0.0.1:40123`.
    /// - Throws: where nobody answers there.
    init(_ address: String) throws {
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Broken() }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 { throw Broken() }
    }

    deinit { close(descriptor) }

    /// Makes a request of one record.
    func prepare(_ letter: UInt8, first: Int, _ set: PageSet, from number: Int) {
        var body: [UInt8] = [letter, 0, 0, 0, 0, 1, 0, 0]
        for index in 0..<8 { body.append(UInt8(truncatingIfNeeded: first >> (index * 8))) }
        for index in 0..<256 { set.copy(number + index, to: &pages, at: index * 4096) }
        if letter == 0x50 { body += pages }
        request = Array(
            """
            POST /pool/bench/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.jitfs.pages\r\n\
            Content-Length: \(body.count)\r\n\r\n
            """.utf8)
        request += body
    }

    /// Sends the request and reads the answer.
    ///
    /// - Returns: nanoseconds of CPU time of all other threads meanwhile.
    func serverTime() throws -> Int {
        let all = Measure.now(CLOCK_PROCESS_CPUTIME_ID)
        let own = try Measure.cpu { try exchange() }
        return Measure.now(CLOCK_PROCESS_CPUTIME_ID) - all - own
    }

    private func exchange() throws {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { send(descriptor, $0.baseAddress! + sent, $0.count - sent, 0) }
            if count <= 0 { throw Broken() }
            sent += count
        }
        var got = 0
        var wanted = Int.max
        while got < wanted {
            let count = answer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + got, $0.count - got, 0) }
            if count <= 0 { throw Broken() }
            got += count
            if wanted == .max { wanted = try length(of: got) ?? .max }
        }
    }

    /// How long the answer is, once its head has come.
    private func length(of got: Int) throws -> Int? {
        // Bytes, for a string takes CR and LF for one character.
        let head = answer[..<min(got, 1024)]
        guard head.starts(with: Array("HTTP/1.1 200".utf8)) else { throw Broken() }
        guard let end = head.indices.first(where: { head[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let lines = head[..<end].split(separator: 10)
        let name = Array("content-length: ".utf8)
        for line in lines where line.count > name.count && line.prefix(name.count).map({ $0 | 0x20 }) == name {
            return end + 4 + line.dropFirst(name.count).reduce(0) { $1 >= 48 ? $0 * 10 + Int($1 - 48) : $0 }
        }
        throw Broken()
    }
}
