import TraceEngine

extension Benchmark {
    /// Bodies of 1,000 events, without HTTP: as lines and packed, into one instance; and as lines that nobody wants.
    static let posted = Benchmark(name: "posted") { fixture, scale in
        let engine = fixture.server.engine
        try fixture.server.userEvents.define("u:bench/order u64 id; u32 cents; __data_loc char[] note".utf8Span.span)
        guard let event = engine.catalogue.snapshot.event(system: "bench".utf8Span.span, name: "order".utf8Span.span)
        else { preconditionFailure("it was defined") }
        let task = TraceTask(pid: 1, comm: "bench")
        var lines: [UInt8] = []
        var packed: [UInt8] = Array("jtev".utf8) + [1, 0, 0, 0]
        func append(_ value: UInt64, _ size: Int) {
            for index in 0..<size { packed.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
        }
        for number in 0..<1000 {
            lines += #"{"event":"bench/order","fields":{"id":\#(number),"cents":1995,"note":"two cups"}}"#.utf8
            lines.append(0x0A)
            append(33, 4)
            append(UInt64(event.id), 8)
            append(UInt64(number), 8)
            append(1995, 4)
            append(24 | 9 << 16, 4)
            packed += "two cups\0".utf8
        }
        let rounds = scale.count(200, small: 1)
        func cost(_ post: () throws -> Void) rethrows -> String {
            let times = try (0..<scale.count(7, small: 1)).map { _ in
                try Measure.cpu { for _ in 0..<rounds { try post() } }
            }
            return Measure.text(Double(Measure.median(times)) / Double(rounds * 1000), digits: 0) + " ns"
        }
        let unwanted = try cost { try engine.post(lines: lines.span, by: task, lane: 0) }
        let instance = try engine.createInstance(name: "posted")
        try instance.setEnabled(event, true)
        let asLines = try cost { try engine.post(lines: lines.span, by: task, lane: 0) }
        let asPacked = try cost { try engine.post(packed: packed.span, by: task, lane: 0) }
        try engine.removeInstance(instance)
        return [
            Row(row: "an event posted as a line, wanted nowhere", asked: "200 ns", measured: unwanted),
            Row(row: "an event posted as a line, into one instance", asked: "300 ns", measured: asLines),
            Row(row: "an event posted packed, into one instance", asked: "80 ns", measured: asPacked),
        ]
    }
}
