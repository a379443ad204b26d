internal import SwapReplay

/// A replay's report for people.
struct ReplayTables {
    let report: ReplayReport
    /// Samples that are shown, of those that there are.
    private static var samplesShown: Int { 16 }

    /// All lines.
    var lines: [String] {
        summary + [""] + durations + [""] + lengths + [""] + models + (report.outcomes.isEmpty ? [] : [""] + overTime)
    }

    private var summary: [String] {
        let traffic = report.traffic
        let seconds = traffic.times.map { Double($0.upperBound - $0.lowerBound) / 1e9 } ?? 0
        var lines = [
            "\(traffic.operationCount) operations of \(Complaint.printable(report.header?.pool ?? "")) in "
                + "\(Figures.decimal(seconds, places: 1)) s, \(traffic.pagesEver) pages, \(traffic.pagesStored) stored at the end"
        ]
        if traffic.pagesFound > 0 {
            lines.append("\(traffic.pagesFound) gets found pages of which no put was recorded")
        }
        if traffic.gapCount > 0 {
            lines.append("\(traffic.lostCount) events were lost, at \(traffic.gapCount) places")
        }
        return lines
    }

    private var durations: [String] {
        var table = TextTable(["operation", "count", "mean us", "50 %", "90 %", "99 %", "99.9 %", "max"])
        for kind in TrafficOperation.Kind.allCases {
            let durations = report.traffic.durations(of: kind)
            if durations.count == 0 { continue }
            let parts = [0.5, 0.9, 0.99, 0.999].map { Figures.microseconds(Double(durations.percentile($0))) }
            table.add(
                [kind.name, "\(durations.count)", Figures.microseconds(durations.mean)] + parts
                    + [Figures.microseconds(Double(durations.max))])
        }
        return table.lines
    }

    private var lengths: [String] {
        let traffic = report.traffic
        let puts = traffic.durations(of: .put).count
        var rows: [(String, UInt64)] = [("one word", traffic.samePuts)]
        for (bucket, count) in traffic.lengths.enumerated() {
            let start = bucket * TrafficSummary.bucketBytes
            rows.append(("\(max(start, 1)) to \(start + TrafficSummary.bucketBytes - 1)", count))
        }
        rows.append(("4096, as it is", traffic.hugePuts))
        let largest = rows.map(\.1).max() ?? 0
        var table = TextTable(["compressed bytes", "puts", "part", ""])
        for (name, count) in rows {
            let width = largest == 0 ? 0 : Int(Double(count) / Double(largest) * 30)
            let bar = String(repeating: "#", count: width) + String(repeating: " ", count: 30 - width)
            table.add([name, "\(count)", Figures.percent(count, of: puts), bar])
        }
        return table.lines
    }

    private var models: [String] {
        var table = TextTable(
            [
                "allocator", "policy", "limit", "held", "ideal", "times", "most held", "times", "hits", "misses",
                "reads",
                "read", "writes", "written",
            ], leftColumns: 2)
        for outcome in report.outcomes {
            table.add([
                outcome.allocator.rawValue, outcome.policy.rawValue,
                outcome.memLimitBytes.map { Figures.bytes($0) } ?? "none", Figures.bytes(outcome.heldBytes),
                Figures.bytes(outcome.idealBytes), Figures.ratio(outcome.heldBytes, outcome.idealBytes),
                Figures.bytes(outcome.heldBytesMax), Figures.ratio(outcome.heldBytesMax, outcome.idealBytesAtMax),
                "\(outcome.hits)", "\(outcome.misses)", "\(outcome.diskReads)", Figures.bytes(outcome.diskReadBytes),
                "\(outcome.diskWrites)", Figures.bytes(outcome.diskWriteBytes),
            ])
        }
        return table.lines
    }

    /// What each holds, and that beside its ideal, at the same moments; of many only the latter.
    private var overTime: [String] {
        let isWide = report.outcomes.count > 3
        guard let first = report.outcomes.first, !first.samples.isEmpty else { return [] }
        var head = ["seconds", "operations", "ideal"]
        head += report.outcomes.map { "\($0.allocator.rawValue) \($0.policy.rawValue)" }
        var table = TextTable(head, leftColumns: 0)
        let begin = report.traffic.times?.lowerBound ?? 0
        let count = min(first.samples.count, Self.samplesShown)
        for index in 1...count {
            let place = first.samples.count * index / count - 1
            let sample = first.samples[place]
            let seconds = sample.time > begin ? Double(sample.time - begin) / 1e9 : 0
            table.add(
                [Figures.decimal(seconds, places: 1), "\(sample.operations)", Figures.bytes(sample.idealBytes)]
                    + report.outcomes.map { outcome in
                        guard place < outcome.samples.count else { return "-" }
                        let other = outcome.samples[place]
                        let ratio = Figures.ratio(other.heldBytes, other.idealBytes)
                        return isWide ? ratio : "\(Figures.bytes(other.heldBytes)) \(ratio)"
                    })
        }
        return table.lines
    }
}
