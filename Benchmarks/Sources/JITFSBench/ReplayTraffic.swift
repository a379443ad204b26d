import Bytes
import Glibc
import SwapReplay

extension Benchmark {
    /// A recording of 10,000,000 operations on 200,000 pages, out of a seed: what it takes to write, and to replay with each
    /// model; and by how much the process grows after the first tenth of it, which has all pages.
    static let replay = Benchmark(name: "replay") { _, scale in
        let count = scale.count(10_000_000, small: 5_000)
        let pages = UInt64(scale.count(200_000, small: 300))
        let bytes = UInt64(scale.count(100 << 20, small: 100_000))
        guard let file = tmpfile() else { preconditionFailure("no file can be made") }
        defer { fclose(file) }
        var size: UInt64 = 0
        let write = try Measure.cpu {
            var traffic = SyntheticTraffic(pages: pages)
            var writer = try RecordingWriter(RecordingHeader(pool: "bench")) { bytes in
                bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
            }
            for _ in 0..<count { try writer.append(traffic.next()) }
            size = writer.byteCount
            try writer.finish()
        }
        func row(_ name: String, _ asked: String, _ nanoseconds: Int, _ growth: Int) -> Row {
            let each = Measure.text(Double(nanoseconds) / Double(count), digits: 0)
            return Row(row: name, asked: asked, measured: "\(each) ns, \(growth) bytes more after the first tenth")
        }
        var rows = [
            Row(
                row: "a recorded operation, with its making", asked: "12 bytes",
                measured: "\(Measure.text(Double(size) / Double(count), digits: 2)) bytes, "
                    + "\(Measure.text(Double(write) / Double(count), digits: 0)) ns")
        ]
        let empty = try Self.replay(file, ReplayPlan(allocators: []), size)
        rows.append(row("an operation read, counted, its page found", "100 ns", empty.nanoseconds, empty.growth))
        for allocator in ReplayPlan.Allocator.allCases {
            let plan = ReplayPlan(allocators: [allocator])
            let whole = try Self.replay(file, plan, size)
            rows.append(
                row(
                    "replayed on \(allocator) beside that", "200 ns", whole.nanoseconds - empty.nanoseconds,
                    whole.growth))
        }
        for policy in ReplayPlan.Policy.allCases {
            let plan = ReplayPlan(policies: [policy], memLimitBytes: bytes)
            let whole = try Self.replay(file, plan, size)
            rows.append(
                row(
                    "on stacks with half the memory, \(policy)", "200 ns", whole.nanoseconds - empty.nanoseconds,
                    whole.growth))
        }
        return rows
    }

    /// Goes through a recording.
    ///
    /// - Returns: the CPU time, and by how many bytes the process grew from a tenth of the recording to its end.
    private static func replay(
        _ file: UnsafeMutablePointer<FILE>, _ plan: ReplayPlan, _ size: UInt64
    ) throws -> (nanoseconds: Int, growth: Int) {
        rewind(file)
        var replay = Replay(plan)
        var parser = RecordingParser()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var early: Int?
        let nanoseconds = try Measure.cpu {
            while true {
                let count = fread(&piece, 1, piece.count, file)
                if count == 0 { break }
                let bytes = piece.span
                try parser.take(bytes.extracting(0..<count), &replay)
                if early == nil, parser.offset > size / 10 { early = residentBytes() }
            }
            try parser.finish()
        }
        let growth = residentBytes() - (early ?? 0)
        precondition(
            replay.report().outcomes.count == plan.allocators.count * plan.policies.count, "a model is missing")
        return (nanoseconds, max(growth, 0))
    }
}

/// Puts, gets and discards at random, with lengths as zstd makes them of real pages.
private struct SyntheticTraffic {
    private static let lengths: [(below: UInt64, parts: UInt64)] = [
        (256, 430), (512, 1380), (768, 1310), (1024, 2080), (1280, 1730), (1536, 1780), (1792, 530), (2048, 350),
        (2304, 250), (4032, 143),
    ]
    private let pages: UInt64
    private var state: UInt64 = 2009
    private var time: UInt64 = 0
    /// The first pages are put one after the other, so that all are there early.
    private var loaded: UInt64 = 0

    init(pages: UInt64) { self.pages = pages }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private mutating func length() -> UInt32 {
        var part = random() % 10_000
        var start: UInt64 = 60
        for (below, parts) in Self.lengths {
            if part < parts { return UInt32(start + random() % (below - start)) }
            part -= parts
            start = below
        }
        return 4096
    }

    mutating func next() -> TrafficOperation {
        time += random() % 20_000
        var page = random() % pages
        let choice = random() % 16
        var kind: TrafficOperation.Kind = choice < 8 ? .put : choice < 14 ? .get : .discard
        if loaded < pages {
            page = loaded
            loaded += 1
            kind = .put
        }
        return TrafficOperation(
            kind: kind, sector: page * 8, storedBytes: kind == .discard ? 0 : length(),
            nanoseconds: 3_000 + random() % 20_000, time: time)
    }
}
