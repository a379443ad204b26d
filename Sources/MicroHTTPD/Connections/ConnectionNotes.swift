import Bytes
import Locking
import Synchronization

/// What a connection's server thread notes of its requests, for whoever looks at the connection: plain stores to memory
/// of its own, some forty instructions a request, no lock and no allocation.
struct ConnectionNotes: ~Copyable, Sendable {
    /// Bytes of a target that are kept; the rest is cut off.
    static var targetBytesMax: Int { 128 }
    /// Bytes of an agent that are kept.
    static var agentBytesMax: Int { 128 }

    private let received = Atomic<UInt64>(0)
    private let sent = Atomic<UInt64>(0)
    /// Even while the target stands still, odd while it is written; another one for each target.
    private let version = Atomic<UInt64>(0)
    private let targetLength = Atomic<Int>(0)
    private let target = InlineArray<16, Atomic<UInt64>> { _ in Atomic(0) }
    private let agent = Locked("")

    // MARK: the server thread's

    /// Counts bytes of bodies that came.
    func count(received bytes: Int) {
        received.store(received.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
    }

    /// Counts bytes of bodies that were handed over to be sent.
    func count(sent bytes: Int) { sent.store(sent.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed) }

    /// Notes what is asked for now.
    func note(target bytes: Span<UInt8>) {
        let number = version.load(ordering: .relaxed)
        let length = min(bytes.count, Self.targetBytesMax)
        version.store(number &+ 1, ordering: .relaxed)
        // Who sees a word of this target sees at least that it is being written.
        atomicMemoryFence(ordering: .releasing)
        targetLength.store(length, ordering: .relaxed)
        var offset = 0
        while offset + 8 <= length {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            target[offset / 8].store(word, ordering: .relaxed)
            offset += 8
        }
        if offset < length {
            var word: UInt64 = 0
            for index in (offset..<length).reversed() { word = word << 8 | UInt64(bytes[index]) }
            target[offset / 8].store(word, ordering: .relaxed)
        }
        version.store(number &+ 2, ordering: .releasing)
    }

    /// Notes who asks, once a connection: that of its first request.
    func note(agent bytes: Span<UInt8>) {
        let text = String(repairing: bytes.extracting(0..<min(bytes.count, Self.agentBytesMax)))
        agent.withLock { $0 = text }
    }

    // MARK: anybody's

    /// Bytes of bodies that came.
    var receivedBytes: UInt64 { received.load(ordering: .relaxed) }
    /// Bytes of bodies that were handed over to be sent.
    var sentBytes: UInt64 { sent.load(ordering: .relaxed) }
    /// The `User-Agent` of the first request; empty before it, and where there was none.
    var agentText: String { agent.withLock { $0 } }

    /// The target of the last request, as it was sent; empty before the first, and where it is another at every look.
    var lastTarget: [UInt8] {
        for _ in 0..<64 {
            let before = version.load(ordering: .acquiring)
            if before & 1 != 0 { continue }
            let length = targetLength.load(ordering: .relaxed)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(length)
            for offset in 0..<length {
                let word = target[offset / 8].load(ordering: .relaxed)
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(offset % 8 * 8)))
            }
            atomicMemoryFence(ordering: .acquiring)
            if version.load(ordering: .relaxed) == before { return bytes }
        }
        return []
    }
}

extension ConnectionNotes {
    /// As ``note(target:)``, out of a buffer.
    func note(target: borrowing ByteBuffer) { note(target: target.span) }
}
