internal import Glibc

/// How far it has come, on standard error, where that is a terminal.
struct ProgressBar: ~Copyable {
    private static var width: Int { 40 }
    private let whole: UInt64
    private let isShown: Bool
    private var shown = -1

    /// Nothing shown yet.
    ///
    /// - Parameter whole: what there is to do; nil or 0 where that is not known, and then there is no bar.
    init(_ whole: UInt64?) {
        self.whole = whole ?? 0
        isShown = self.whole > 0 && isatty(STDERR_FILENO) == 1
    }

    /// Shows how much is done, where that is another percent.
    mutating func show(_ done: UInt64) {
        guard isShown else { return }
        let percent = Int(min(Double(done) / Double(whole), 1) * 100)
        if percent == shown { return }
        shown = percent
        let filled = percent * Self.width / 100
        StandardError.write(
            "\r[" + String(repeating: "#", count: filled) + String(repeating: " ", count: Self.width - filled)
                + "] \(percent) %")
    }

    /// Takes the bar away.
    mutating func clear() {
        if shown >= 0 { StandardError.write("\r\u{1B}[K") }
        shown = -1
    }
}
