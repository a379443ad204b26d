internal import Testing

@testable internal import JITFSServer

@Suite struct LimitTableTests {
    @Test func `the defaults are those of the contract`() {
        let limits = LimitTable(memoryBytes: 8 << 30)
        #expect(limits["connections"] == 4096)
        #expect(limits["connections_per_address"] == 256)
        #expect(limits["streams"] == 16384)
        #expect(limits["body_bytes"] == 8 << 20)
        #expect(limits["header_bytes"] == 16384)
        #expect(limits["request_seconds"] == 30)
        #expect(limits["instances"] == 65536)
        #expect(limits["events"] == 60000)
        #expect(limits["pools"] == 256)
        #expect(limits["debugfs_entries"] == 1 << 20)
        #expect(limits["debugfs_bytes"] == 64 << 20)
        #expect(limits["batch_pages"] == 1024)
        #expect(limits["batch_requests"] == 4096)
        #expect(limits["nodes"] == 65536)
        #expect(limits["buffers_bytes"] == 2 << 30)
    }

    @Test(arguments: [("nodes=2000", 2000), ("body_bytes=8M", 8 << 20), ("body_bytes=64k", 65536), ("nodes=1K", 1024)])
    func `a limit is set by its name`(_ text: String, _ value: Int) throws {
        var limits = LimitTable(memoryBytes: 1 << 30)
        try limits.set(text)
        #expect(limits.int(String(text.split(separator: "=")[0])) == value)
    }

    @Test(arguments: [
        "nodes", "nodes=", "nodes=-1", "nodes=1.5G", "nodes=1Q", "nodes=0", "node=5", "=5",
        "nodes=99999999999999999999",
        "nodes=18014398509481984K", "nodes= 5", "request_seconds=0", "events=65505",
    ])
    func `what is no limit, no number or out of bounds is refused in a sentence, and changes nothing`(_ text: String) {
        var limits = LimitTable(memoryBytes: 1 << 30)
        let error = #expect(throws: ConfigurationError.self) { try limits.set(text) }
        #expect((error?.description.count ?? 0) > 10)
        #expect(limits["nodes"] == 65536)
    }
}
