import PseudoFS

extension Benchmark {
    /// A path of seven names: known to the cache, and with the cache emptied before each walk, outside the timing.
    static let lookup = Benchmark(name: "lookup") { fixture, scale in
        let namespace = fixture.server.namespace
        _ = try? fixture.server.engine.createInstance(name: "lookup")
        let path = "/tracing/instances/lookup/events/sched/sched_switch/enable"
        let caller = Caller()
        _ = try namespace.walk(path.utf8Span.span, caller: caller)

        let walks = scale.count(200_000, small: 10)
        let cached = try (0..<scale.count(15, small: 1)).map { _ in
            try Measure.cpu {
                for _ in 0..<walks { _ = try namespace.walk(path.utf8Span.span, caller: caller) }
            } / walks
        }

        let limit = namespace.nodeCountMax
        let notCached = try (0..<scale.count(20_001, small: 5)).map { _ in
            namespace.nodeCountMax = 0
            namespace.nodeCountMax = limit
            return try Measure.wall { _ = try namespace.walk(path.utf8Span.span, caller: caller) }
        }
        return [
            Row(row: "lookup of 7 names in process, cached", asked: "250 ns", measured: "\(Measure.median(cached)) ns"),
            Row(
                row: "lookup of 7 names in process, not cached", asked: "900 ns",
                measured: "\(Measure.median(notCached)) ns"),
        ]
    }
}
