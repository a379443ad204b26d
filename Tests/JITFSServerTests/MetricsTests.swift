import JITFSServer
import PagePool
import PseudoFS
import Testing
import TraceEngine

@Suite struct MetricsTests {
    let server: Server

    init() throws {
        var configuration = ServerConfiguration()
        configuration.threads = 2
        try configuration.limits.set("instances=400")
        server = try Server(configuration)
    }

    @Test(arguments: [Form.prometheus, .openmetrics])
    func `every family has help, a type and samples`(form: Form) throws {
        let text = try MetricsText(of: server, form)
        #expect(text.types.count > 25)
        #expect(Set(text.types.map(\.name)).count == text.types.count)
        let beginWithRequests: Set = ["jitfs_http_responses", "jitfs_http_request_duration_seconds"]
        for (name, _) in text.types {
            let help = try #require(text.help[name], "\(name)")
            #expect(help.count > 5 && help.hasSuffix("."), "\(name): \(help)")
            let bare = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
            #expect(text.samples.contains { $0.family == name } || beginWithRequests.contains(bare), "\(name)")
        }
        for (family, sample) in text.samples { #expect(sample.name.hasPrefix(family)) }
    }

    @Test func `names end in their unit, and counters in _total`() throws {
        let text = try MetricsText(of: server)
        for (name, kind) in text.types {
            #expect((kind == "counter") == name.hasSuffix("_total"), "\(name)")
            for word in ["milliseconds", "_ms", "_kb", "megabytes", "minutes"] {
                #expect(!name.contains(word), "\(name)")
            }
            #expect(name == name.lowercased() && (name.hasPrefix("jitfs_") || name.hasPrefix("process_")), "\(name)")
        }
        let open = try MetricsText(of: server, .openmetrics)
        for (name, _) in open.types {
            let unit = ["seconds", "bytes"].first { name.hasSuffix("_" + $0) }
            #expect(open.units[name] == unit, "\(name)")
        }
    }

    @Test func `no label means something to Prometheus`() throws {
        let labels = Set(try MetricsText(of: server).samples.flatMap { $0.sample.labels.keys })
        #expect(labels.isDisjoint(with: ["instance", "job"]))
        let known: Set = [
            "version", "code", "kind", "verb", "le", "limit", "reason", "result", "device", "operation", "filesystem",
        ]
        #expect(labels.isSubset(of: known))
    }

    @Test func `both formats have the same families and samples`() throws {
        let text = try MetricsText(of: server)
        let open = try MetricsText(of: server, .openmetrics)
        let names = text.types.map { name, kind in
            kind == "counter" ? String(name.dropLast(6)) : name.hasSuffix("_info") ? String(name.dropLast(5)) : name
        }
        #expect(names == open.types.map(\.name))
        #expect(text.samples.map(\.sample.name) == open.samples.map(\.sample.name))
        #expect(text.samples.map(\.sample.labels) == open.samples.map(\.sample.labels))
        #expect(open.text.hasSuffix("\n# EOF\n") && text.text.hasSuffix("\n") && !text.text.contains("EOF"))
    }

    @Test func `what is told does not grow with instances`() throws {
        let before = try MetricsText(of: server)
        for index in 0..<300 { try server.engine.createInstance(name: "i\(index)").setAllEnabled(true) }
        let after = try MetricsText(of: server)
        #expect(before.samples.map(\.sample.name) == after.samples.map(\.sample.name))
        #expect(before["jitfs_trace_instances"] == "0" && after["jitfs_trace_instances"] == "300")
        #expect(after["jitfs_trace_instances_active"] == "300")
        #expect(after["jitfs_trace_events_enabled"] == after["jitfs_trace_events"])
        #expect(after["jitfs_trace_buffers_bytes"] != "0")
        for instance in server.engine.instances { try instance.setAllEnabled(false) }
        #expect(try MetricsText(of: server)["jitfs_trace_events_enabled"] == "0")
    }

    @Test func `every limit is told, and what it refused`() throws {
        let text = try MetricsText(of: server)
        let limits = text.samples.filter { $0.family == "jitfs_limit" }.map { $0.sample.labels["limit"] }
        let refusals = text.samples.filter { $0.family == "jitfs_refusals_total" }.map { $0.sample.labels["limit"] }
        #expect(limits == refusals && limits.count >= 10)
        #expect(text["jitfs_limit", ["limit": "instances"]] == "400")
    }

    @Test func `what a limit of tracing refuses is counted`() throws {
        var configuration = ServerConfiguration()
        configuration.threads = 1
        for limit in ["instances=1", "events=16", "buffers_bytes=4M"] {
            try configuration.limits.set(limit)
        }
        let server = try Server(configuration)
        func refused(_ limit: String) throws -> String? {
            try MetricsText(of: server)["jitfs_refusals_total", ["limit": limit]]
        }
        #expect(try refused("instances") == "0" && refused("events") == "0" && refused("buffers_bytes") == "0")
        let mine = try server.engine.createInstance(name: "mine")
        #expect(throws: (any Error).self) { try server.engine.createInstance(name: "more") }
        #expect(try refused("instances") == "1")
        for index in 0..<8 { try server.userEvents.define("u:shop/e\(index) u64 id".utf8Span.span) }
        #expect(throws: (any Error).self) { try server.userEvents.define("u:shop/more u64 id".utf8Span.span) }
        #expect(try refused("events") == "1")
        #expect(throws: (any Error).self) { try mine.setBufferKilobytes(1 << 20) }
        #expect(try refused("buffers_bytes") == "1")
    }

    @Test func `pools are told of, and what they refuse`() throws {
        var configuration = ServerConfiguration()
        configuration.threads = 1
        try configuration.limits.set("pools=1")
        try configuration.limits.set("batch_pages=1")
        let server = try Server(configuration)
        let pool = try #require(server.pools.pools.first)
        try pool.put(1, [UInt8](repeating: 0, count: 4096).span)
        #expect(throws: (any Error).self) { try pool.put(1, [0].span) }
        #expect(throws: (any Error).self) {
            try server.pools.create(name: "more", options: PagePoolOptions(disksizeBytes: 4096))
        }
        let two = [0x44, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 11)
        #expect(throws: (any Error).self) { _ = try server.pools.batch(two.span, for: pool) }
        let text = try MetricsText(of: server)
        let device = ["device": "ramzswap0"]
        #expect(text["jitfs_pool_pages", device] == "1" && text["jitfs_pool_same_pages", device] == "1")
        #expect(text["jitfs_pool_operations_total", ["device": "ramzswap0", "operation": "put"]] == "1")
        #expect(text["jitfs_pool_failures_total", ["device": "ramzswap0", "reason": "invalid"]] == "1")
        #expect(text["jitfs_refusals_total", ["limit": "pools"]] == "1")
        #expect(text["jitfs_refusals_total", ["limit": "batch_pages"]] == "1")
    }

    @Test func `the process is told of`() throws {
        let text = try MetricsText(of: server)
        func number(_ name: String) -> Double { text[name].flatMap(Double.init) ?? .nan }
        #expect(number("process_cpu_seconds_total") > 0)
        #expect(number("process_resident_memory_bytes") > 1_000_000)
        #expect(number("process_virtual_memory_bytes") >= number("process_resident_memory_bytes"))
        #expect(number("process_open_fds") >= 3 && number("process_max_fds") >= number("process_open_fds"))
        #expect(number("process_start_time_seconds") > 1_600_000_000)
        #expect(text["jitfs_build_info", ["version": Server.version]] == "1")
    }

    @Test func `a server goes although its metrics tell of it`() throws {
        weak var gone: Namespace?
        do {
            let server = try Server(ServerConfiguration())
            _ = try MetricsText(of: server)
            gone = server.namespace
        }
        #expect(gone == nil)
    }
}
