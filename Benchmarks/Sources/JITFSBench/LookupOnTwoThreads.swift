import PseudoFS
import Synchronization
import Glibc

extension Benchmark {
    /// Two threads, each with its lane, on the same path: how much more they do together than one alone.
    ///
    /// By the CPU time of each thread: what they cost each other shows there, what neighbours take does not.
    static let lookupOnTwoThreads = Benchmark(name: "threads") { fixture, scale in
        let namespace = fixture.server.namespace
        _ = try? fixture.server.engine.createInstance(name: "lookup")
        let walks = scale.count(1_000_000, small: 10)
        let ratios = (0..<scale.count(7, small: 1)).map { _ in
            let alone = costs(namespace, threads: 1, walks: walks)[0]
            let together = costs(namespace, threads: 2, walks: walks)
            return Int(together.reduce(0.0) { $0 + alone / $1 } * 100)
        }
        return [
            Row(
                row: "the same cached, two threads beside one", asked: "1.7 times",
                measured: "\(Measure.text(Double(Measure.median(ratios)) / 100, digits: 2)) times")
        ]
    }

    private static func costs(_ namespace: Namespace, threads: Int, walks: Int) -> [Double] {
        final class Run: Sendable {
            let namespace: Namespace, lane: Int, walks: Int, gate: Gate
            let cost = Atomic<Int>(1)
            init(_ namespace: Namespace, lane: Int, walks: Int, gate: Gate) {
                (self.namespace, self.lane, self.walks, self.gate) = (namespace, lane, walks, gate)
            }
            func go() {
                let path = "/tracing/instances/lookup/events/sched/sched_switch/enable"
                let caller = Caller(lane: lane)
                _ = try? namespace.walk(path.utf8Span.span, caller: caller)
                gate.wait()
                let spent = Measure.cpu {
                    for _ in 0..<walks { _ = try? namespace.walk(path.utf8Span.span, caller: caller) }
                }
                cost.store(max(spent, 1), ordering: .relaxed)
            }
        }
        final class Gate: Sendable {
            let missing: Atomic<Int>
            init(_ count: Int) { missing = Atomic(count) }
            func wait() {
                missing.subtract(1, ordering: .relaxed)
                while missing.load(ordering: .relaxed) > 0 { sched_yield() }
            }
        }
        let gate = Gate(threads)
        let runs = (0..<threads).map { Run(namespace, lane: $0, walks: walks, gate: gate) }
        let handles = runs.map { run in
            var handle = pthread_t()
            pthread_create(
                &handle, nil,
                { context in
                    Unmanaged<Run>.fromOpaque(context!).takeUnretainedValue().go()
                    return nil
                }, Unmanaged.passUnretained(run).toOpaque())
            return handle
        }
        for handle in handles { pthread_join(handle, nil) }
        return runs.map { Double($0.cost.load(ordering: .relaxed)) }
    }
}
