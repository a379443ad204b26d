/// Which track of a thread a slice goes to: viewers want slices of one track to lie within each other or apart, and what
/// a record says of its duration does not have to.
///
/// Slices come in the order of their ends, as their records do. A thread's first track is the thread itself, which its
/// markers have too; a slice that would cut another one there goes to a further track. Remembers 32 slices a track,
/// and of those before them only when the last one ended.
struct ChromeTracks {
    /// The tracks of each thread that has slices.
    private var threads: [Int32: [Track]] = [:]

    /// Tracks of a thread at most.
    private static let tracksMax = 64
    /// Markers within each other that are followed; what is deeper is no slice.
    private static let depthMax = 1024

    /// Takes a slice.
    ///
    /// - Parameters:
    ///   - slice: when it began and ended; nothing that was given before ended later.
    ///   - pid: whose it is.
    /// - Returns: the number of its track, 0 for the thread itself; nil where it would cut slices on all of them.
    mutating func place(_ slice: Range<UInt64>, of pid: Int32) -> Int? {
        Self.place(slice, in: &threads[pid, default: [Track()]])
    }

    private static func place(_ slice: Range<UInt64>, in tracks: inout [Track]) -> Int? {
        for number in tracks.indices where tracks[number].admits(slice) {
            tracks[number].add(slice)
            return number
        }
        guard tracks.count < tracksMax else { return nil }
        tracks.append(Track())
        tracks[tracks.count - 1].add(slice)
        return tracks.count - 1
    }

    /// Begins a slice of a thread.
    ///
    /// - Returns: false where there are too many within each other.
    mutating func begin(_ pid: Int32, at time: UInt64) -> Bool {
        threads[pid, default: [Track()]][0].begin(at: time, depthMax: Self.depthMax)
    }

    /// Ends the slice of a thread that was begun last.
    ///
    /// - Returns: false where there is none: its beginning was overwritten, or never said.
    mutating func end(_ pid: Int32, at time: UInt64) -> Bool { threads[pid]?[0].end(at: time) ?? false }
}

/// One line of slices.
private struct Track {
    /// Slices that ended, none within another, in their order.
    private var slices: [Range<UInt64>] = []
    /// When what is no longer remembered had ended.
    private var forgottenEnd: UInt64 = 0
    /// The beginnings of slices that markers began and none has ended.
    private var open: [UInt64] = []

    private static let slicesMax = 32

    /// Whether a slice cuts none of these; it ends last.
    func admits(_ slice: Range<UInt64>) -> Bool {
        if slice.lowerBound < forgottenEnd { return false }
        if let last = open.last, slice.lowerBound < last { return false }
        // One that ends with it and began before it would be around it, but may hold others that it cuts.
        return !slices.contains { $0.lowerBound < slice.lowerBound && slice.lowerBound < $0.upperBound }
    }

    mutating func add(_ slice: Range<UInt64>) {
        // What lies within it can be cut by nothing that does not cut it too.
        while let last = slices.last, last.lowerBound >= slice.lowerBound { slices.removeLast() }
        if slices.count == Self.slicesMax { forgottenEnd = slices.removeFirst().upperBound }
        slices.append(slice)
    }

    mutating func begin(at time: UInt64, depthMax: Int) -> Bool {
        guard open.count < depthMax else { return false }
        open.append(time)
        return true
    }

    mutating func end(at time: UInt64) -> Bool {
        guard let start = open.popLast() else { return false }
        add(start..<max(start, time))
        return true
    }
}
