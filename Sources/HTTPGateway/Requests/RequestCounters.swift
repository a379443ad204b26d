internal import PseudoFS

/// The lanes of all server threads, and their sums.
struct RequestCounters: Sendable {
    private let lanes: [RequestLane]

    init(lanes: Int) { self.lanes = (0..<max(lanes, 1)).map { _ in RequestLane() } }

    /// The lane for any number; the remainder is taken only where a thread has no lane of its own.
    private func lane(_ number: Int) -> RequestLane {
        let (number, count) = (UInt(bitPattern: number), UInt(lanes.count))
        return lanes[Int(number < count ? number : number % count)]
    }

    /// Counts a request that was answered.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - trail: what became known of its node.
    ///   - status: of the answer.
    ///   - nanoseconds: how long it took.
    func count(_ head: borrowing RequestHead, _ trail: Trail, status: UInt16, nanoseconds: UInt64) {
        let lane = lane(head.peer.lane)
        let kind = trail.contentIndex.map { $0 + 1 } ?? 0
        lane.count(kind: kind, RequestVerb(head.method, trail), nanoseconds: nanoseconds)
        lane.count(status: status)
    }

    /// Counts a request that was refused before it was complete.
    func count(status: UInt16, lane number: Int) { lane(number).count(status: status) }

    /// All of it.
    var snapshot: RequestStatistics {
        var statistics = RequestStatistics()
        let contents = Declaration.Content.allCases
        let empty = [UInt64](repeating: 0, count: RequestLane.seriesLength)
        var cells = empty
        for kind in 0...contents.count {
            for verb in RequestVerb.allCases {
                for lane in lanes { lane.add(kind: kind, verb, to: &cells) }
                if cells == empty { continue }
                statistics.series.append(
                    RequestStatistics.Series(
                        content: kind == 0 ? nil : contents[kind - 1], verb: verb, counts: Array(cells.dropLast()),
                        nanoseconds: cells[LatencyBuckets.count]))
                cells = empty
            }
        }
        for status: UInt16 in 100..<600 {
            let count = lanes.reduce(0) { $0 &+ $1.answers(with: status) }
            if count > 0 { statistics.responses.append((status, count)) }
        }
        return statistics
    }
}
