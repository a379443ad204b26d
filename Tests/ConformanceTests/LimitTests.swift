import Foundation
import JITFSServer
import PagePool
import PseudoFS
import Testing
import TraceEngine

/// Limits that are changed while the server runs: the next that comes meets the new one.
struct LimitTests {
    private func serve(_ limits: [String] = [], _ body: (UInt16, Server) throws -> Void) throws {
        var configuration = ServedTree.configuration()
        for limit in limits { try configuration.limits.set(limit) }
        try configuration.listen(on: "127.0.0.1:0")
        let tree = try ServedTree(configuration)
        try tree.server.start()
        defer { tree.server.stop() }
        try body(
            try #require(tree.server.addresses.first?.split(separator: ":").last.flatMap { UInt16($0) }), tree.server)
    }

    @Test func `fewer streams refuse the next, and more let it in`() throws {
        try serve { port, _ in
            let (first, second, root) = (
                try KeptConnection(port: port), try KeptConnection(port: port), try KeptConnection(port: port)
            )
            #expect(try root.send("PUT", "/sys/limits/streams?raw", body: "1\n").body == "1\n")
            #expect(try first.open("/tracing/tracing_on?watch").status == 200)
            let refused = try second.send("GET", "/tracing/tracing_on?watch")
            #expect(refused.status == 503 && refused.body.contains("EMFILE"))
            #expect(try root.send("GET", "/metrics").body.contains("\njitfs_limit{limit=\"streams\"} 1\n"))
            #expect(try root.send("POST", "/sys/limits/streams", body: "2").status == 405)
            #expect(try root.send("PUT", "/sys/limits/streams", body: "2").status == 200)
            #expect(try second.open("/tracing/tracing_on?watch").status == 200)
        }
    }

    @Test func `a shorter body is too long from then on`() throws {
        try serve { port, _ in
            let body = String(repeating: "a", count: 5000)
            let client = try KeptConnection(port: port)
            #expect(try client.send("POST", "/tracing/trace_marker", body: body).status == 200)
            #expect(try client.send("PUT", "/sys/limits/body_bytes", body: "4096").status == 200)
            let refused = try client.send("POST", "/tracing/trace_marker", body: body)
            #expect(refused.status == 413 && refused.body.contains("EFBIG"))
        }
    }

    @Test func `fewer connections are told so, and those that are there stay`() throws {
        try serve { port, _ in
            let clients = try (0..<3).map { _ in try KeptConnection(port: port) }
            for client in clients { #expect(try client.send("GET", "/healthz").status == 200) }
            #expect(try clients[0].send("PUT", "/sys/limits/connections", body: "3").status == 200)
            #expect(try KeptConnection(port: port).send("GET", "/healthz").status == 503)
            for client in clients { #expect(try client.send("GET", "/healthz").status == 200) }
            #expect(try clients[0].send("PUT", "/sys/limits/connections", body: "10").status == 200)
            #expect(try KeptConnection(port: port).send("GET", "/healthz").status == 200)
        }
    }

    @Test func `what the models bear changes with its file`() throws {
        try serve { port, server in
            let client = try KeptConnection(port: port)
            func set(_ limit: String, _ value: UInt64) throws {
                #expect(try client.send("PUT", "/sys/limits/\(limit)?raw", body: "\(value)").body == "\(value)\n")
            }
            func make(_ directory: String, _ name: String) throws -> Int {
                try client.send("POST", directory, body: #"{"name":"\#(name)"}"#).status
            }
            try set("instances", 1)
            #expect(try make("/tracing/instances", "more") == 503)
            try set("instances", 2)
            #expect(try make("/tracing/instances", "more") == 201)
            try set("pools", 1)
            #expect(try make("/pool", "more") == 503)
            try set("pools", 2)
            #expect(try make("/pool", "more") == 201)
            for number in server.engine.catalogue.snapshot.eventsInOrder.count..<20 {
                _ = try client.send("POST", "/tracing/dynamic_events", body: "u:filler\(number) u64 a")
            }
            try set("events", UInt64(server.engine.catalogue.snapshot.eventsInOrder.count))
            #expect(try client.send("POST", "/tracing/dynamic_events", body: "u:more u64 a").status == 503)
            try set("events", 60000)
            #expect(try client.send("POST", "/tracing/dynamic_events", body: "u:more u64 a").status == 200)
            try set("buffers_bytes", 4 << 20)
            #expect(try client.send("PUT", "/tracing/buffer_size_kb", body: "65536").status == 507)
            try set("buffers_bytes", 1 << 30)
            #expect(try client.send("PUT", "/tracing/buffer_size_kb", body: "65536").status == 200)
            try set("batch_requests", 1)
            let line = #"{"method":"GET","path":"/healthz"}"# + "\n"
            #expect(try client.send("POST", "/batch", body: line + line).status == 400)
            try set("batch_requests", 2)
            #expect(try client.send("POST", "/batch", body: line + line).status == 200)
            try set("nodes", 64)
            #expect(server.namespace.nodeCountMax == 64)
            #expect(server.namespace.statistics.live <= 64)
            try set("unions", 1)
            #expect(server.namespace.unionCountMax == 1)
            try set("batch_pages", 7)
            #expect(server.pools.limits.batchPagesMax == 7)
            #expect(server.engine.limits.instancesMax == 2)
        }
    }

    @Test func `a value that is none, or out of bounds, changes nothing`() throws {
        try serve { port, _ in
            let client = try KeptConnection(port: port)
            for (value, errno) in [
                ("0", "ERANGE"), ("1048577", "ERANGE"), ("99999999999999999999", "ERANGE"), ("", "EINVAL"),
                ("many", "EINVAL"), ("-1", "EINVAL"), ("8M", "EINVAL"), ("1 2", "EINVAL"),
            ] {
                let refused = try client.send("PUT", "/sys/limits/streams", body: value)
                #expect(refused.status == 400 && refused.body.contains("\"errno\":\"\(errno)\""), "\(value)")
            }
            #expect(try client.send("GET", "/sys/limits/streams?raw").body == "16384\n")
            for fixed in ["header_bytes", "request_seconds"] {
                let refused = try client.send("PUT", "/sys/limits/\(fixed)", body: "5000")
                #expect(refused.status == 405 && refused.headers["allow"] == "GET, HEAD, OPTIONS")
            }
        }
    }

    @Test func `what the server was started with can be read`() throws {
        try serve { port, _ in
            let client = try KeptConnection(port: port)
            let folder = "/sys/module/jitfs/parameters"
            #expect(try client.send("GET", "\(folder)/threads?raw").body == "2\n")
            #expect(try client.send("GET", "\(folder)/listen?raw").body == "127.0.0.1:0\n")
            #expect(try client.send("GET", "\(folder)/import_events?raw").body.hasSuffix("/jit.events\n"))
            #expect(try client.send("GET", "\(folder)/insecure?raw").body == "0\n")
            #expect(try client.send("GET", "\(folder)/default_pool").body.contains(#""value":true"#))
            #expect(try client.send("PUT", "\(folder)/threads", body: "4").status == 405)
        }
    }
}
