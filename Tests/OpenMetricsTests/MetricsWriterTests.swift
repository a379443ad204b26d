internal import Bytes
internal import OpenMetrics
internal import Testing

@Suite struct MetricsWriterTests {
    /// Writes the same in a format.
    static func text(_ format: MetricFormat, _ write: (inout MetricsWriter) -> Void) -> String {
        var writer = MetricsWriter(format, capacity: 64)
        write(&writer)
        return writer.finish().text
    }

    private func all(_ writer: inout MetricsWriter) {
        writer.family("shop_sales_total", .counter, help: "Sales.")
        writer.sample(7 as UInt64, MetricLabel("kind", "book"), MetricLabel("where", "here"))
        writer.family("shop_open_seconds_total", .counter, help: "Time open.")
        writer.sample(1.5)
        writer.family("shop_stock_bytes", .gauge, help: "What is there.")
        writer.sample(-3, MetricLabel("device", "a" as String))
        writer.family("shop_build_info", .info, help: "What runs.")
        writer.sample(1 as UInt64, MetricLabel("version", "1.0"))
        writer.family("shop_wait_seconds", .histogram, help: "How long people wait.")
        writer.histogram([1, 0, 2], sum: 3.25, bounds: HistogramBounds([0.00001, 1]), MetricLabel("kind", "book"))
        writer.histogram([0, 0, 0], sum: 0, bounds: HistogramBounds([0.00001, 1]))
    }

    @Test func `Prometheus text, byte for byte`() {
        #expect(
            Self.text(.prometheus, all) == """
                # HELP shop_sales_total Sales.
                # TYPE shop_sales_total counter
                shop_sales_total{kind="book",where="here"} 7
                # HELP shop_open_seconds_total Time open.
                # TYPE shop_open_seconds_total counter
                shop_open_seconds_total 1.5
                # HELP shop_stock_bytes What is there.
                # TYPE shop_stock_bytes gauge
                shop_stock_bytes{device="a"} -3
                # HELP shop_build_info What runs.
                # TYPE shop_build_info gauge
                shop_build_info{version="1.0"} 1
                # HELP shop_wait_seconds How long people wait.
                # TYPE shop_wait_seconds histogram
                shop_wait_seconds_bucket{kind="book",le="1e-05"} 1
                shop_wait_seconds_bucket{kind="book",le="1.0"} 1
                shop_wait_seconds_bucket{kind="book",le="+Inf"} 3
                shop_wait_seconds_sum{kind="book"} 3.25
                shop_wait_seconds_count{kind="book"} 3
                shop_wait_seconds_bucket{le="1e-05"} 0
                shop_wait_seconds_bucket{le="1.0"} 0
                shop_wait_seconds_bucket{le="+Inf"} 0
                shop_wait_seconds_sum 0.0
                shop_wait_seconds_count 0

                """)
    }

    @Test func `OpenMetrics, byte for byte`() {
        #expect(
            Self.text(.openMetrics, all) == """
                # HELP shop_sales Sales.
                # TYPE shop_sales counter
                shop_sales_total{kind="book",where="here"} 7
                # HELP shop_open_seconds Time open.
                # TYPE shop_open_seconds counter
                # UNIT shop_open_seconds seconds
                shop_open_seconds_total 1.5
                # HELP shop_stock_bytes What is there.
                # TYPE shop_stock_bytes gauge
                # UNIT shop_stock_bytes bytes
                shop_stock_bytes{device="a"} -3
                # HELP shop_build What runs.
                # TYPE shop_build info
                shop_build_info{version="1.0"} 1
                # HELP shop_wait_seconds How long people wait.
                # TYPE shop_wait_seconds histogram
                # UNIT shop_wait_seconds seconds
                shop_wait_seconds_bucket{kind="book",le="1e-05"} 1
                shop_wait_seconds_bucket{kind="book",le="1.0"} 1
                shop_wait_seconds_bucket{kind="book",le="+Inf"} 3
                shop_wait_seconds_sum{kind="book"} 3.25
                shop_wait_seconds_count{kind="book"} 3
                shop_wait_seconds_bucket{le="1e-05"} 0
                shop_wait_seconds_bucket{le="1.0"} 0
                shop_wait_seconds_bucket{le="+Inf"} 0
                shop_wait_seconds_sum 0.0
                shop_wait_seconds_count 0
                # EOF

                """)
    }

    @Test func `nothing at all is nothing, or the end`() {
        #expect(Self.text(.prometheus) { _ in } == "")
        #expect(Self.text(.openMetrics) { _ in } == "# EOF\n")
    }

    @Test(arguments: [
        (0.1, "0.1"), (1e-5, "1e-05"), (12, "12.0"), (1.0 / 3, "0.3333333333333333"),
        (.leastNonzeroMagnitude, "5e-324"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-0.0, "-0.0"),
        (1.7976931348623157e308, nil),
    ])
    func `a double is written with the shortest digits that give it back`(value: Double, expected: String?) {
        let line = Self.text(.prometheus) { writer in
            writer.family("a", .gauge, help: "A.")
            writer.sample(value)
        }.split(separator: "\n")[2]
        let digits = line.dropFirst(2)
        if let expected { #expect(digits == expected) }
        if value.isFinite { #expect(Double(digits) == value) }
    }

    @Test func `integers are written whole`() {
        let text = Self.text(.prometheus) { writer in
            writer.family("a", .gauge, help: "A.")
            writer.sample(UInt64.max)
            writer.sample(Int.min)
        }
        #expect(text.hasSuffix("a 18446744073709551615\na -9223372036854775808\n"))
    }

    @Test func `values and help are escaped as each format wants it`() {
        func write(_ writer: inout MetricsWriter) {
            writer.family("a", .gauge, help: "Back\\slash, \"quotes\",\nline.")
            writer.sample(1, MetricLabel("device", "a\\b\"c\nd{é}"))
            writer.sample(2, MetricLabel("device", "a\\b\"c\nd{é}" as String))
        }
        let value = #"{device="a\\b\"c\nd{é}"}"#
        #expect(Self.text(.prometheus, write).contains(#"# HELP a Back\\slash, "quotes",\nline."# + "\n"))
        #expect(Self.text(.openMetrics, write).contains(#"# HELP a Back\\slash, \"quotes\",\nline."# + "\n"))
        #expect(Self.text(.prometheus, write).hasSuffix("a\(value) 1\na\(value) 2\n"))
    }
}
