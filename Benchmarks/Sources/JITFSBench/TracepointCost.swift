import TraceEngine

extension Benchmark {
    /// A tracepoint of 24 bytes in a loop: enabled nowhere, and into one instance.
    static let tracepoint = Benchmark(name: "tracepoint") { fixture, scale in
        let engine = fixture.server.engine
        let calls = scale.count(10_000_000, small: 100)
        guard let event = engine.catalogue.snapshot.event(system: "jitfs".utf8Span.span, name: "request".utf8Span.span)
        else { preconditionFailure("jitfs' own events are always there") }
        let point = Tracepoint(event, in: engine, task: TraceTask(pid: 1, comm: "bench"))
        func cost() -> Double {
            let times = (0..<scale.count(5, small: 1)).map { _ in
                Measure.cpu {
                    for number in 0..<calls {
                        point.fire(fixedSize: 24) { record in
                            record.store(UInt64(truncatingIfNeeded: number), at: 8)
                            record.store(UInt64(7), at: 16)
                        }
                    }
                }
            }
            return Double(Measure.median(times)) / Double(calls)
        }
        let disabled = cost()
        let instance = try engine.createInstance(name: "tracepoint")
        try instance.setEnabled(event, true)
        let enabled = cost()
        try engine.removeInstance(instance)
        return [
            Row(row: "a tracepoint, disabled", asked: "1 ns", measured: "\(Measure.text(disabled, digits: 2)) ns"),
            Row(
                row: "a tracepoint, enabled into one instance", asked: "120 ns",
                measured: "\(Measure.text(enabled, digits: 0)) ns"),
        ]
    }
}
