import Bytes
import PseudoFS

extension Benchmark {
    /// Everything below one instance as NDJSON, thrown away: what an entry costs before it is sent.
    static let recursive = Benchmark(name: "recursive") { fixture, scale in
        let namespace = fixture.server.namespace
        _ = try? fixture.server.engine.createInstance(name: "recursive")
        let path = "/tracing/instances/recursive"
        let node = try namespace.walk(path.utf8Span.span, caller: Caller()).node
        let before = namespace.statistics.live
        let entries = try lineCount(below: node)
        let times = try (0..<scale.count(31, small: 1)).map { _ in try Measure.cpu { try render(node) } }
        precondition(namespace.statistics.live == before, "a listing makes no node")
        let each = Measure.text(Double(Measure.median(times)) / Double(max(entries, 1)) / 1000, digits: 3)
        return [
            Row(
                row: "?recursive over one instance, in process, \(entries) entries", asked: "-",
                measured: "\(each) us an entry")
        ]
    }

    private static func render(_ node: Node) throws {
        let walk = try TreeWalk(below: node, form: .ndjson)
        var bytes = ByteBuffer(capacity: 32768)
        while walk.read(into: &bytes, limit: 16384) != .end { bytes.removeAll() }
    }

    private static func lineCount(below node: Node) throws -> Int {
        let walk = try TreeWalk(below: node, form: .ndjson)
        var bytes = ByteBuffer(capacity: 32768)
        while walk.read(into: &bytes, limit: 16384) != .end {}
        var lines = 0
        for index in bytes.span.indices where bytes.span[index] == 0x0A { lines += 1 }
        return lines
    }
}
