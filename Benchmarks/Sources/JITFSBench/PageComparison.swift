/// What a page takes here and there, in nanoseconds, round by round.
struct PageComparison {
    private var ours: [Int] = []
    private var bare: [Int] = []
    private var ratios: [Int] = []

    /// Runs both, one after the other.
    mutating func round(_ number: Int, pages: Int, ours: () throws -> Void, bare: () throws -> Void) rethrows {
        var mine = 0
        var peer = 0
        if number % 2 == 0 { mine = try Measure.cpu(ours) }
        peer = try Measure.cpu(bare)
        if number % 2 == 1 { mine = try Measure.cpu(ours) }
        self.ours.append(mine / pages)
        self.bare.append(peer / pages)
        ratios.append(mine * 10_000 / max(peer, 1))
    }

    var text: String {
        let ratio = Measure.text(Double(Measure.median(ratios)) / 10_000, digits: 3)
        return "\(ratio) times (\(Measure.median(ours)) and \(Measure.median(bare)) ns)"
    }
}
