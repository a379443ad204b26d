import Bytes
import PseudoFS
import SystemPackage
import TraceEngine

extension Benchmark {
    /// `trace` of 100,000 context switches on two lanes, in every form, thrown away: what rendering costs.
    static let traceReading = Benchmark(name: "trace") { fixture, scale in
        let engine = fixture.server.engine
        let instance = try engine.createInstance(name: "trace")
        let count = scale.count(100_000, small: 100)
        try fill(instance, of: engine, count: count)
        let node = try fixture.server.namespace.walk(
            "/tracing/instances/trace/trace".utf8Span.span, caller: Caller()
        ).node
        var rows: [Row] = []
        for (form, asked) in [
            (Form.text, "150 MB/s"), (.json, "150 MB/s"), (.ndjson, "150 MB/s"), (.chrome, "-"), (.dat, "-"),
        ] {
            var size = 0
            let times = try (0..<scale.count(15, small: 1)).map { _ in try Measure.cpu { size = try read(node, form) } }
            let time = Measure.median(times)
            let speed = Double(size) * 1000 / Double(max(time, 1))
            rows.append(
                Row(
                    row: "trace of \(count) events as \(form.rawValue), in process", asked: asked,
                    measured: "\(Measure.text(speed, digits: 0)) MB/s, "
                        + "\(Measure.text(Double(time) / Double(count), digits: 0)) ns an event"))
        }
        try engine.removeInstance(instance)
        return rows
    }

    /// Records switches of eight tasks, a microsecond apart.
    private static func fill(_ instance: TraceInstance, of engine: TraceEngine, count: Int) throws {
        let catalogue = engine.catalogue.snapshot
        guard let event = catalogue.event(system: "sched".utf8Span.span, name: "sched_switch".utf8Span.span) else {
            preconditionFailure("the catalogue has context switches")
        }
        var text = ByteBuffer()
        event.appendFormat(to: &text)
        let format = try EventFormat(parsing: text.span)
        try instance.setBufferKilobytes(16384)
        try instance.setEnabled(event, true)
        for number in 0..<count {
            let task = TraceTask(pid: Int32(1000 + number % 8), comm: "worker-\(number % 8)")
            let fields = """
                {"prev_comm":"worker-\(number % 8)","prev_pid":\(task.pid),"prev_prio":120,"prev_state":\(number % 3),\
                "next_comm":"swapper/0","next_pid":\(number),"next_prio":120}
                """
            let record = try format.encode(
                try JSONReader.document(fields.utf8Span.span).members ?? [],
                common: RecordCommon(type: event.id, pid: task.pid))
            try engine.publish(
                event, payload: record.span, task: task, lane: number % 2,
                timestamp: 1_000_000_000_000 + UInt64(number) * 1000)
        }
    }

    /// Reads to the end as a connection would; gives the number of bytes.
    private static func read(_ node: Node, _ form: Form) throws -> Int {
        let file = try node.open(ReadRequest(form: form))
        var bytes = ByteBuffer(capacity: 65536)
        var size = 0
        while file.read(into: &bytes, limit: 16384) != .end {
            size += bytes.count
            bytes.removeAll()
        }
        file.close()
        return size + bytes.count
    }
}
