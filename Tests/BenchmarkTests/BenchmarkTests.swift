internal import Testing

@testable internal import BenchmarkBodies

@Suite struct BenchmarkTests {
    @Test(arguments: Benchmark.all.map(\.name))
    func `a benchmark runs small, and says what it measured`(_ name: String) throws {
        let benchmark = try #require(Benchmark.all.first { $0.name == name })
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let rows = try benchmark.body(
            Fixture(
                catalogue: "/\(tests)/Resources/linux-6.18.events.zst", pages: "/\(tests)/Resources/pages"), .small)
        #expect(!rows.isEmpty)
        for row in rows { #expect(!row.measured.isEmpty) }
    }
}
