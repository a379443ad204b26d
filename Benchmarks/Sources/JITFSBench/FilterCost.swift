import TraceEngine

extension Benchmark {
    /// A filter over records in memory, and a tracepoint behind a numeric filter that lets all pass, or none.
    static let filter = Benchmark(name: "filter") { fixture, scale in
        let engine = fixture.server.engine
        let format = """
            name: tick
            ID: 0
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:u64 a;\toffset:8;\tsize:8;\tsigned:0;
            \tfield:u32 b;\toffset:16;\tsize:4;\tsigned:0;
            \tfield:__data_loc char[] s;\toffset:20;\tsize:4;\tsigned:0;

            print fmt: "a=%llu b=%u s=%s", REC->a, REC->b, __get_str(s)

            """
        let event = try engine.catalogue.add(
            system: "bench", name: "tick", format: .own(Array(format.utf8)), origin: .own)
        let parsed = try EventFormat(parsing: format.utf8Span.span)
        let over = try recordsCost(parsed, count: scale.count(1_000_000, small: 100), rounds: scale.count(5, small: 1))
        let calls = scale.count(10_000_000, small: 100)
        let rounds = scale.count(5, small: 1)
        let point = Tracepoint(event, in: engine, task: TraceTask(pid: 1, comm: "bench"))
        let instance = try engine.createInstance(name: "filter")
        try instance.setEnabled(event, true)
        let plain = tracepointCost(point, calls: calls, rounds: rounds)
        try instance.setFilter("b == 7 && a >= 0".utf8Span.span, of: event)
        let passing = tracepointCost(point, calls: calls, rounds: rounds)
        try instance.setFilter("b != 7".utf8Span.span, of: event)
        let refused = tracepointCost(point, calls: calls, rounds: rounds)
        try engine.removeInstance(instance)
        func row(_ name: String, _ asked: String, _ cost: Double) -> Row {
            Row(row: name, asked: asked, measured: "\(Measure.text(cost, digits: 1)) ns")
        }
        return [
            row("a filter on 1 million records (a > 3 && s ~ \"he*\"), a record", "60 ns", over),
            row("a tracepoint of these fields, enabled into one instance without a filter", "120 ns", plain),
            row("the same with a numeric filter that all pass", "130 ns", passing),
            row("the same with one that none passes", "130 ns", refused),
        ]
    }

    private static func recordsCost(_ format: EventFormat, count: Int, rounds: Int) throws -> Double {
        let filter = try Filter(parsing: "a > 3 && s ~ \"he*\"".utf8Span.span, format: format, cpus: 2)
        let words = ["hello", "help", "yellow", "a"]
        var generator = SystemRandomNumberGenerator()
        var records: [UInt8] = []
        records.reserveCapacity(count * 32)
        for _ in 0..<count {
            let word = words[Int.random(in: 0..<4, using: &generator)]
            var record = [UInt8](repeating: 0, count: 32)
            record[8] = UInt8.random(in: 0..<8, using: &generator)
            record[20] = 24
            record[22] = UInt8(word.utf8.count + 1)
            for (index, byte) in word.utf8.enumerated() { record[24 + index] = byte }
            records += record
        }
        var passed = 0
        let times = (0..<rounds).map { _ in
            Measure.cpu {
                let span = records.span
                for index in 0..<count {
                    if filter.matches(span.extracting((index * 32)..<(index * 32 + 32)), cpu: 0, comm: "") {
                        passed += 1
                    }
                }
            }
        }
        precondition(passed > 0 && passed < count * rounds, "the records do not differ")
        return Double(Measure.median(times)) / Double(count)
    }

    private static func tracepointCost(_ point: Tracepoint, calls: Int, rounds: Int) -> Double {
        let times = (0..<rounds).map { _ in
            Measure.cpu {
                for number in 0..<calls {
                    point.fire(fixedSize: 24) { record in
                        record.store(UInt64(truncatingIfNeeded: number), at: 8)
                        record.store(UInt32(7), at: 16)
                    }
                }
            }
        }
        return Double(Measure.median(times)) / Double(calls)
    }
}
