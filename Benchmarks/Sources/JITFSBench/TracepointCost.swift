import TraceEngine

extension Benchmark {
    /// A tracepoint of 24 bytes in a loop: enabled nowhere, into one instance, and into eight.
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
        var instances: [TraceInstance] = []
        func enable(_ count: Int) throws {
            while instances.count < count {
                let instance = try engine.createInstance(name: "tracepoint\(instances.count)")
                try instance.setEnabled(event, true)
                instances.append(instance)
            }
        }
        try enable(1)
        let enabled = cost()
        try enable(8)
        let eight = cost()
        for instance in instances { try engine.removeInstance(instance) }
        return [
            Row(row: "a tracepoint, disabled", asked: "0.5 ns", measured: "\(Measure.text(disabled, digits: 2)) ns"),
            Row(
                row: "a tracepoint, enabled into one instance", asked: "100 ns",
                measured: "\(Measure.text(enabled, digits: 0)) ns"),
            Row(
                row: "a tracepoint, enabled into eight", asked: "400 ns",
                measured: "\(Measure.text(eight, digits: 0)) ns"),
        ]
    }
}
