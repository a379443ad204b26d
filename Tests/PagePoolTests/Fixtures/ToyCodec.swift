internal import Bytes
internal import Locking
internal import PagePool
internal import Synchronization
internal import SystemPackage

/// A codec that takes the zeros off a page's end, in front of them a checksum of eight bytes; and fails when told to.
///
/// A page with `n` bytes before its zeros makes a frame of `n + 8`. With a dictionary the bytes that both begin with are left
/// out, and two bytes say how many; what a dictionary costs beside can be told for either kind.
final class ToyCodec: PageCodec {
    let name = "toy"
    let levels = 0...3
    let defaultLevel = 1
    let recompressionLevel = 2
    /// How many workspaces were ever asked for.
    let workspaces = Atomic<Int>(0)
    /// How many calls go well before every further one fails.
    let callsLeft = Atomic<Int>(.max)
    /// Done before a frame is unpacked, under no lock.
    let beforeUnpacking = Locked<(@Sendable () -> Void)?>(nil)
    /// The level of the last page.
    let lastLevel = Atomic<Int>(-1)
    /// How many trainings go well before every further one fails with ENOMEM.
    let trainingsLeft = Atomic<Int>(.max)
    /// How many dictionaries are made before every further one fails with ENOMEM.
    let dictionariesLeft = Atomic<Int>(.max)
    /// How many dictionaries there are now.
    let dictionaries = Atomic<Int>(0)
    /// Bytes that frames get longer by with a dictionary of a kind.
    let extraRaw = Atomic<Int>(0)
    let extraFull = Atomic<Int>(0)
    /// Bytes that frames get longer by below level 2.
    let extraBelow2 = Atomic<Int>(0)
    /// Bytes of memory that a dictionary says it takes.
    let dictionaryBytes = Atomic<Int>(4096)

    func makeWorkspace() throws(Errno) -> any PageWorkspace {
        if !spend() { throw .noMemory }
        workspaces.add(1, ordering: .relaxed)
        return ToyWorkspace(self)
    }

    /// Whether a call may go well.
    func spend() -> Bool { spend(callsLeft) }

    private func spend(_ counter: borrowing Atomic<Int>) -> Bool {
        let left = counter.load(ordering: .relaxed)
        if left == .max { return true }
        return counter.subtract(1, ordering: .relaxed).oldValue > 0
    }

    /// What all pages begin with, if that is 16 bytes.
    func trainDictionary(on pages: Span<UInt8>, bytesMax: Int) throws(Errno) -> [UInt8] {
        if !spend(trainingsLeft) { throw .noMemory }
        let first = pages.extracting(0..<4096)
        var common = bytesMax
        for start in stride(from: 0, to: pages.count, by: 4096) {
            common = min(common, first.common(with: pages.extracting(start..<(start + 4096))))
        }
        if common < 16 { throw .noData }
        return [UInt8](copying: first.extracting(0..<common))
    }

    func makeDictionary(
        _ content: Span<UInt8>, kind: PageDictionaryKind, level: Int
    ) throws(Errno) -> any PageDictionary {
        if !spend(dictionariesLeft) { throw .noMemory }
        return ToyDictionary([UInt8](copying: content), kind, level, of: self)
    }
}

/// Bytes that pages begin with.
final class ToyDictionary: PageDictionary {
    let content: [UInt8]
    let kind: PageDictionaryKind
    let level: Int
    let memoryBytes: Int
    private let codec: ToyCodec

    init(_ content: [UInt8], _ kind: PageDictionaryKind, _ level: Int, of codec: ToyCodec) {
        self.content = content
        self.kind = kind
        self.level = level
        self.codec = codec
        memoryBytes = codec.dictionaryBytes.load(ordering: .relaxed)
        codec.dictionaries.add(1, ordering: .relaxed)
    }

    deinit { codec.dictionaries.subtract(1, ordering: .relaxed) }
}

extension Span<UInt8> {
    /// How many bytes both begin with, found by halves.
    fileprivate func common(with other: Span<UInt8>) -> Int {
        var low = 0
        var high = Swift.min(count, other.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if extracting(0..<middle).equals(other.extracting(0..<middle)) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

/// What one thread needs: the codec's orders.
final class ToyWorkspace: PageWorkspace {
    private static let zeros = [UInt8](repeating: 0, count: 4096)
    private let codec: ToyCodec
    init(_ codec: ToyCodec) { self.codec = codec }

    func compress(
        _ page: Span<UInt8>, level: Int, dictionary: (any PageDictionary)?, into frame: inout ByteBuffer
    ) throws(Errno) {
        let dictionary = dictionary as? ToyDictionary
        let level = dictionary?.level ?? level
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
        var extra = level < 2 ? codec.extraBelow2.load(ordering: .relaxed) : 0
        if let dictionary {
            let content = dictionary.content
            let common = kept.common(with: content.span)
            frame.append(UInt8(truncatingIfNeeded: common))
            frame.append(UInt8(truncatingIfNeeded: common >> 8))
            frame.append(kept.extracting(common..<kept.count))
            extra += dictionary.kind == .full ? codec.extraFull.load(ordering: .relaxed) : 0
            extra += dictionary.kind == .raw ? codec.extraRaw.load(ordering: .relaxed) : 0
        } else {
            frame.append(kept)
        }
        frame.append(repeating: UInt8(0), count: extra)
        // Half a frame is there already, as with a codec that runs out of memory.
        if !codec.spend() { throw .ioError }
    }

    func decompress(
        _ frame: Span<UInt8>, dictionary: (any PageDictionary)?, into page: inout ByteBuffer
    ) throws(Errno) {
        codec.beforeUnpacking.withLock { $0 }?()
        let before = page.count
        var whole = ByteBuffer(capacity: 4096)
        if let dictionary {
            let common = Int(frame[8]) | Int(frame[9]) << 8
            let content = dictionary.content
            whole.append(content.span.extracting(0..<min(common, content.count)))
            whole.append(frame.extracting(10..<frame.count))
        } else {
            whole.append(frame.extracting(8..<frame.count))
        }
        // Zeros at the end are no part of what is hashed, wherever they came from.
        var end = whole.count
        while end > 0, whole.span[end - 1] == 0 { end -= 1 }
        whole.truncate(to: end)
        var checksum = ByteBuffer()
        checksum.append(repeating: Hash64.ofMany(whole.span, seed: 1), times: 1)
        page.append(whole.span)
        page.append(repeating: UInt8(0), count: 4096 - whole.count)
        if !codec.spend() || !checksum.span.equals(frame.extracting(0..<8)) {
            page.truncate(to: before)
            throw .badMessage
        }
    }
}
