import TraceEngine

extension Benchmark {
    /// Enabling every event of an instance that was never touched: its ring buffers are mapped, no page of them used.
    static let enableAll = Benchmark(name: "enable") { fixture, scale in
        let engine = fixture.server.engine
        let times = try (0..<scale.count(201, small: 2)).map { index in
            let instance = try engine.createInstance(name: "enable\(index)")
            let time = try Measure.wall { try instance.setAllEnabled(true) }
            try engine.removeInstance(instance)
            return time
        }
        let median = Measure.text(Double(Measure.median(times)) / 1_000_000, digits: 3)
        return [Row(row: "enabling all events of an instance, in process", asked: "0.3 ms", measured: "\(median) ms")]
    }
}
