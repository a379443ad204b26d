internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization

/// `?watch`: server-sent events with what a file shows, at once and whenever it shows something else.
///
/// An event is `data: ` with what GET gives as JSON: `data: {"path":"/…","type":"file","mode":"0640","value":true}`. For a
/// stream the value is whether it is worth reading. Of a directory the first has its `entries`, and each that follows
/// which were `added` and `removed` since the one before. It ends when what is watched is removed, or when its time is up.
///
/// It remembers what it told last, and so a reader that is slow is told what there is by then, and nothing in between.
final class WatchStream: OpenFile, @unchecked Sendable {
    // Sendable: `told` is used by the one thread that reads, `index` under the point's lock; the rest is constant, atomic,
    // or under a lock.

    private let point: WatchPoint
    private let points: WatchPoints
    private let wake = Locked<(@Sendable () -> Void)?>(nil)
    /// Whether it is to be called when there is something else to be told.
    private let waits = Atomic<Bool>(false)
    private var told: Sight?
    /// Its place among those of the point.
    var index = -1
    let timeoutSeconds: Double?

    /// Begins to watch.
    ///
    /// - Throws: ENODEV where what it stands for has been removed, EFBIG for a directory of more entries than can be
    ///   watched; what the file itself reports.
    init(
        _ node: Node, in points: WatchPoints, as look: Look, int64AsString: Bool, timeoutSeconds: Double?
    ) throws(Failure) {
        self.points = points
        self.timeoutSeconds = timeoutSeconds
        point = try points.take(node, as: look, int64AsString: int64AsString)
        do throws(Failure) {
            try point.join(self)
        } catch {
            points.giveBack(point)
            throw error
        }
    }

    /// Calls whoever waits for something else to be told; once for each time it waits.
    func call() {
        if waits.exchange(false, ordering: .acquiringAndReleasing) { wake.withLock { $0 }?() }
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { self.wake.withLock { $0 = wake } }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        // Waits first and looks afterwards: so what changes in between calls.
        waits.store(true, ordering: .sequentiallyConsistent)
        guard let sight = point.latest else { return .wouldBlock }
        defer { told = sight }
        switch sight.view {
        case .nothing: return .end
        case .tooLarge(let event):
            buffer.append(event.span)
            return .end
        case .value(let event):
            if sight.fingerprint != told?.fingerprint { buffer.append(event.span) }
        case .entries(let entries):
            guard sight.fingerprint != told?.fingerprint else { break }
            if let told, case .entries = told.view {
                buffer.append(point.changes(from: told, to: sight).span)
            } else {
                point.appendEvent(of: entries, to: &buffer)
            }
        }
        return .wouldBlock
    }

    func close() {
        point.leave(self)
        points.giveBack(point)
    }
}
