import Locking
import Synchronization

/// The streams that are held, by number: numbers and not addresses are what the kernel is given, for it may tell of a
/// descriptor after its stream is gone.
///
/// The lock is a leaf.
final class StreamTable: Sendable {
    private struct State: Sendable {
        var streams: [UInt64: HeldStream] = [:]
        /// The moments at which streams end, of those that have one.
        var deadlines: [UInt64: UInt64] = [:]
        var nextID: UInt64 = 1
        var isStopping = false
    }

    private let state = Locked(State())

    /// Enters a stream.
    ///
    /// - Parameters:
    ///   - stream: the stream.
    ///   - deadline: when it ends, in nanoseconds of CLOCK_MONOTONIC; nil for never.
    /// - Returns: its number; nil where the server is stopping, and the stream is to end at once.
    func insert(_ stream: HeldStream, deadline: UInt64?) -> UInt64? {
        state.withLock { state in
            guard !state.isStopping else { return nil }
            let id = state.nextID
            state.nextID += 1
            state.streams[id] = stream
            if let deadline { state.deadlines[id] = deadline }
            return id
        }
    }

    /// Takes a stream out.
    func remove(_ id: UInt64) {
        state.withLock { state in
            state.streams[id] = nil
            state.deadlines[id] = nil
        }
    }

    /// The stream of a number, if there still is one.
    func stream(_ id: UInt64) -> HeldStream? { state.withLock { $0.streams[id] } }

    /// The nearest moment at which a stream ends; `.max` where none does by itself.
    var nearestDeadline: UInt64 { state.withLock { $0.deadlines.values.min() ?? .max } }

    /// Takes the streams whose time has come off the list of deadlines.
    func overdue(now: UInt64) -> [HeldStream] {
        state.withLock { state in
            let due = state.deadlines.filter { $0.value <= now }.keys
            for id in due { state.deadlines[id] = nil }
            return due.compactMap { state.streams[$0] }
        }
    }

    /// Takes no more streams.
    ///
    /// - Returns: those that are there.
    func stop() -> [HeldStream] {
        state.withLock { state in
            state.isStopping = true
            return Array(state.streams.values)
        }
    }

    /// How many there are.
    var open: Int { state.withLock { $0.streams.count } }
}
