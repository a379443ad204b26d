/// What was held over time: some tens of samples, however long it takes.
///
/// One is taken every so many operations; where there are too many, every second one goes and they are taken half as
/// often.
struct HeldSamples {
    static let countMax = 64
    private(set) var list: [ReplaySample] = []
    private var interval: UInt64 = 1
    private var next: UInt64 = 1

    @inline(__always)
    func isDue(_ number: UInt64) -> Bool { number >= next }

    mutating func add(_ sample: ReplaySample) {
        if list.count == Self.countMax {
            // Those at 2, 4, 6 … intervals stay, and this one is the 65th.
            list = list.indices.filter { $0 & 1 == 1 }.map { list[$0] }
            next += interval
            interval *= 2
            return
        }
        list.append(sample)
        next = (sample.operations / interval + 1) * interval
    }
}
