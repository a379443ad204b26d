internal import Bytes
internal import Locking
internal import PagePool
internal import Synchronization
internal import SystemPackage

/// A codec that takes the zeros off a page's end, in front of them a checksum of eight bytes; and fails when told to.
///
/// A page with `n` bytes before its zeros makes a frame of `n + 8`.
final class ToyCodec: PageCodec {
    let name = "toy"
    let levels = 0...3
    let defaultLevel = 1
    /// How many workspaces were ever asked for.
    let workspaces = Atomic<Int>(0)
    /// How many calls go well before every further one fails.
    let callsLeft = Atomic<Int>(.max)
    /// Done before a frame is unpacked, under no lock.
    let beforeUnpacking = Locked<(@Sendable () -> Void)?>(nil)
    /// The level of the last page.
    let lastLevel = Atomic<Int>(-1)

    func makeWorkspace() throws(Errno) -> any PageWorkspace {
        if !spend() { throw .noMemory }
        workspaces.add(1, ordering: .relaxed)
        return ToyWorkspace(self)
    }

    /// Whether a call may go well.
    func spend() -> Bool {
        let left = callsLeft.load(ordering: .relaxed)
        if left == .max { return true }
        return callsLeft.subtract(1, ordering: .relaxed).oldValue > 0
    }
}

/// What one thread needs: the codec's orders.
final class ToyWorkspace: PageWorkspace {
    private static let zeros = [UInt8](repeating: 0, count: 4096)
    private let codec: ToyCodec
    init(_ codec: ToyCodec) { self.codec = codec }

    func compress(_ page: Span<UInt8>, level: Int, into frame: inout ByteBuffer) throws(Errno) {
        codec.lastLevel.store(level, ordering: .relaxed)
        // Where only zeros follow is found by halves: comparing is fast in debug builds, a loop over bytes is not.
        var low = 0
        var end = page.count
        while low < end {
            let middle = (low + end) / 2
            let rest = page.extracting(middle..<page.count)
            if rest.equals(Self.zeros.span.extracting(0..<rest.count)) { end = middle } else { low = middle + 1 }
        }
        let kept = page.extracting(0..<end)
        frame.append(repeating: Hash64.ofMany(kept, seed: 1), times: 1)
        frame.append(kept)
        // Half a frame is there already, as with a codec that runs out of memory.
        if !codec.spend() { throw .ioError }
    }

    func decompress(_ frame: Span<UInt8>, into page: inout ByteBuffer) throws(Errno) {
        codec.beforeUnpacking.withLock { $0 }?()
        let before = page.count
        let kept = frame.extracting(8..<frame.count)
        var checksum = ByteBuffer()
        checksum.append(repeating: Hash64.ofMany(kept, seed: 1), times: 1)
        page.append(kept)
        page.append(repeating: UInt8(0), count: 4096 - kept.count)
        if !codec.spend() || !checksum.span.equals(frame.extracting(0..<8)) {
            page.truncate(to: before)
            throw .badMessage
        }
    }
}
