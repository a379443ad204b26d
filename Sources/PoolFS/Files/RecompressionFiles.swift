internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// `recompress`: has stored pages packed again, in zram's words, and says how far that has come.
///
/// Source: Documentation/admin-guide/blockdev/zram.rst, "Recompression".
enum RecompressionFiles {
    static func recompress(of codec: any PageCodec) -> File<PagePool> {
        .attribute(
            mode: 0o644, summary: "Packs stored pages again, harder, in the background: type=huge level=9 cpu=10.",
            value: { pool in .record(figures(of: pool.recompression)) },
            text: { pool, out in
                for (index, figure) in figures(of: pool.recompression).enumerated() {
                    if index > 0 { out.append(0x20) }
                    out.append("\(figure.name)=")
                    switch figure.value {
                    case .unsigned(let number): out.append(decimal: number)
                    case .boolean(let isSo): out.append(isSo ? "1" : "0")
                    default: break
                    }
                }
                out.append(0x0A)
            },
            write: { context, bytes, _ throws(Failure) in
                let words = String(repairing: bytes.trimmed).split(separator: " ", omittingEmptySubsequences: true)
                if words == ["stop"] { return context.stopRecompressing() }
                if words.isEmpty { throw Failure(.invalidArgument, "all pages are type=all", subject: .content) }
                var order = RecompressionOrder()
                for word in words {
                    if let problem = take(word, into: &order, codec) {
                        throw Failure(.invalidArgument, problem, subject: .content)
                    }
                }
                try pool(.node, { reason($0, context) }) { () throws(Errno) in try context.recompress(order) }
            }, appends: false)
    }

    private static func figures(of progress: RecompressionProgress) -> [Value.Member] {
        [
            .init("running", .boolean(progress.isRunning)), .init("pages_looked", .unsigned(progress.pagesLooked)),
            .init("pages_tried", .unsigned(progress.pagesTried)),
            .init("pages_recompressed", .unsigned(progress.pagesRecompressed)),
            .init("saved_bytes", .unsigned(progress.savedBytes)),
            .init("pages_failed", .unsigned(progress.pagesFailed)),
        ]
    }

    private static func reason(_ errno: Errno, _ pool: PagePool) -> String {
        switch errno {
        case .resourceBusy: "pages are being recompressed; stop ends that"
        case .resourceTemporarilyUnavailable: "the system has no thread for it now"
        default: pool.reason(errno)
        }
    }

    /// Takes one word of an order.
    ///
    /// - Returns: what is wrong with it; nil where nothing is.
    private static func take(
        _ word: Substring, into order: inout RecompressionOrder, _ codec: any PageCodec
    ) -> String? {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "\(word) is no name=value" }
        let value = String(parts[1])
        func number(_ range: ClosedRange<Int>) -> Int? {
            guard let number = Int(value), range.contains(number) else { return nil }
            return number
        }
        switch parts[0] {
        case "type":
            guard let pages = RecompressionOrder.Pages(rawValue: value) else {
                return "type is all, huge, idle or huge_idle, not \(value)"
            }
            order.pages = pages
        case "threshold":
            guard let bytes = number(0...PagePool.pageBytes) else { return "threshold is 0 to \(PagePool.pageBytes)" }
            order.thresholdBytes = bytes
        case "max_pages":
            guard let pages = number(1...Int.max) else { return "max_pages is a number above 0" }
            order.pagesMax = pages
        case "level":
            guard let level = number(codec.levels) else {
                return "level is \(codec.levels.lowerBound) to \(codec.levels.upperBound), not \(value)"
            }
            order.level = level
        case "cpu":
            guard let percent = number(1...100) else { return "cpu is 1 to 100, of a hundred" }
            order.cpuPercent = percent
        case "algo":
            if value != codec.name { return "algo is \(codec.name), the only one; level says how hard" }
        default: return "\(parts[0]) is not known; known are type, threshold, max_pages, level, cpu and algo"
        }
        return nil
    }
}
