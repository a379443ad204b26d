import Bytes
import DebugFS
import PseudoFS

extension Benchmark {
    /// How much the process grows by 1,000,000 numbers in ten directories, names of 16 bytes, in the order of their names
    /// and in none; and a page of 1,000 in the middle of one of the directories, beside its first.
    static let debugMemory = Benchmark(name: "debugfs") { _, scale in
        let each = scale.count(100_000, small: 300)
        // None is let go before all are measured, or the next would have its memory.
        var kept: [DebugFS] = []
        defer { withExtendedLifetime(kept) {} }
        let inOrder = try growth(each, name: "in the order of their names", &kept) { $0 }
        // A step that has no divisor in common with the count visits every number once.
        let mixed = try growth(each, name: "in another order", &kept) { $0 * 7919 % each }
        return [inOrder, mixed] + (try pages(each, scale))
    }

    private static func growth(
        _ each: Int, name: String, _ kept: inout [DebugFS], _ number: (Int) -> Int
    ) throws -> Row {
        let before = residentBytes()
        let debug = DebugFS(limits: DebugLimits(entriesMax: 2_000_000))
        for place in 0..<10 {
            let directory = try debug.root.directory("directory-\(place)")
            for step in 0..<each { _ = try directory.u64(Self.name(number(step)), UInt64(step)) }
        }
        let grown = residentBytes() - before
        precondition(debug.entryCount == each * 10 + 10, "every name is another")
        let bytes = max(grown, 0) / (each * 10)
        kept.append(debug)
        return Row(
            row: "debugfs with \(each * 10) values, names of 16 bytes, \(name)", asked: "160 bytes each",
            measured: "\(bytes) bytes each")
    }

    /// 16 bytes.
    private static func name(_ number: Int) -> String {
        let digits = String(number)
        return "value-" + String(repeating: "0", count: 10 - digits.utf8.count) + digits
    }

    private static func pages(_ each: Int, _ scale: Scale) throws -> [Row] {
        let debug = DebugFS()
        let directory = try debug.root.directory("many")
        for step in 0..<each { _ = try directory.u64(name(step), UInt64(step)) }
        let namespace = Namespace(mounts: [Mount(.debugfs(debug), at: "/debug")])
        let node = try namespace.walk("/debug/many".utf8Span.span, caller: Caller()).node
        let count = scale.count(1000, small: 10)
        let middle = name(each / 2)
        var first: [Int] = []
        var later: [Int] = []
        for _ in 0..<scale.count(301, small: 3) {
            first.append(try Measure.cpu { try page(of: node, after: nil, count: count) })
            later.append(try Measure.cpu { try page(of: node, after: middle, count: count) })
        }
        let (one, other) = (Measure.median(first), Measure.median(later))
        let ratio = Measure.text(Double(other) / Double(max(one, 1)), digits: 2)
        return [
            Row(
                row: "page of \(count) in the middle of \(each) entries, beside the first", asked: "1.5 times",
                measured: "\(ratio) times (\(other) and \(one) ns)")
        ]
    }

    private static func page(of node: Node, after name: String?, count: Int) throws {
        let reader = try node.entries()
        if let name { reader.seek(after: name.utf8Span.span) }
        var out = ByteBuffer(capacity: 65536)
        var left = count
        while left > 0, let entry = reader.next() {
            out.append(jsonString: entry.name)
            left -= 1
        }
        precondition(left == 0, "the page is full")
    }
}
