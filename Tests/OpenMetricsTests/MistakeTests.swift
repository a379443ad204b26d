internal import OpenMetrics
internal import Testing

/// What only a programmer can get wrong ends the process at once, and not a scrape some day.
@Suite struct MistakeTests {
    @Test func `a family comes once`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a", .gauge, help: "A.")
            writer.family("b", .gauge, help: "B.")
            writer.family("a", .gauge, help: "A.")
        }
    }

    @Test func `a counter ends in _total`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a", .counter, help: "A.")
        }
    }

    @Test func `nothing else does`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.openMetrics)
            writer.family("a_total", .gauge, help: "A.")
        }
    }

    @Test func `a family has help`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a", .gauge, help: "")
        }
    }

    @Test func `a name has no dashes`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a-b", .gauge, help: "A.")
        }
    }

    @Test func `a name does not begin with a digit`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("1a", .gauge, help: "A.")
        }
    }

    @Test func `no label is called instance`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a", .gauge, help: "A.")
            writer.sample(1, MetricLabel("instance", "x"))
        }
    }

    @Test func `a sample belongs to a family`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.sample(1)
        }
    }

    @Test func `a histogram has no single samples`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a_seconds", .histogram, help: "A.")
            writer.sample(1)
        }
    }

    @Test func `bounds rise`() async {
        await #expect(processExitsWith: .failure) { _ = HistogramBounds([1, 1]) }
    }

    @Test func `a histogram has a count more than bounds`() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(.prometheus)
            writer.family("a_seconds", .histogram, help: "A.")
            writer.histogram([1], sum: 1, bounds: HistogramBounds([1]))
        }
    }
}
