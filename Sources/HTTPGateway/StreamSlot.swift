internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// A place among the streams that may be open, and the node that is kept meanwhile: given back once.
final class StreamSlot: Sendable {
    private let gateway: Gateway
    private let pin = Locked<NodePin?>(nil)
    private let isReleased = Atomic<Bool>(false)

    /// Takes a place.
    ///
    /// - Throws: EMFILE where there is none.
    init(in gateway: Gateway) throws(Failure) {
        self.gateway = gateway
        let open = gateway.counters.streamsOpen.add(1, ordering: .relaxed).newValue
        if open > gateway.limits.streams {
            release()
            gateway.counters.streamsRefused.count()
            throw Failure(.tooManyOpenFiles, "there are \(gateway.limits.streams) streams open, which is the limit")
        }
    }

    deinit { release() }

    /// Keeps a node until the place is given back.
    func hold(_ node: NodePin) { pin.withLock { $0 = node } }

    /// Gives the place back; doing it twice does nothing more.
    func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        gateway.counters.streamsOpen.subtract(1, ordering: .relaxed)
        // Unpinning takes a lock of the cache, so not under ours.
        let held = pin.withLock { pin in
            defer { pin = nil }
            return pin
        }
        withExtendedLifetime(held) {}
    }
}
