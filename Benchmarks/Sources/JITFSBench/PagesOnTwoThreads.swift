import Bytes
import Glibc
import PagePool
import PagePoolZstd
import Synchronization
import Zstd

extension Benchmark {
    /// Two threads on one pool, by wall time: how much more they do together than one alone, beside how much more bare zstd
    /// does on the same pages, in rounds that alternate. What the machine takes from both shows in both.
    static let pagesOnTwoThreads = Benchmark(name: "pages-two-threads") { fixture, scale in
        let set = try PageSet(fixture.pages)
        var rows: [Row] = []
        for loaded in [scale.count(50_000, small: 50), scale.count(200_000, small: 60)] {
            let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
            let pool = try pools.create(name: "two", options: PagePoolOptions(disksizeBytes: UInt64(loaded) * 4096))
            var page = [UInt8](repeating: 0, count: 4096)
            for number in 0..<loaded {
                set.copy(number, to: &page)
                try pool.put(UInt64(number), page.span)
            }
            for operation in [PageTurn.Operation.put, .get] {
                let turn = try PageTurn(operation, pool, set, loaded: loaded, pages: scale.count(4096, small: 8))
                var shares: [Int] = []
                var scalings: [Int] = []
                for _ in 0..<scale.count(25, small: 1) {
                    let bare = turn.scaling(isBare: true)
                    let ours = turn.scaling(isBare: false)
                    shares.append(Int(ours / bare * 10_000))
                    scalings.append(Int(bare * 1000))
                }
                let share = Measure.text(Double(Measure.median(shares)) / 10_000, digits: 3)
                let bare = Measure.text(Double(Measure.median(scalings)) / 1000, digits: 2)
                rows.append(
                    Row(
                        row: "two threads \(operation) pages of \(loaded), beside bare zstd's own scaling",
                        asked: "0.93 times", measured: "\(share) times (\(bare))"))
            }
        }
        return rows
    }
}

/// The same pages put or got by one thread and by two, by the pool and by bare zstd.
private final class PageTurn: Sendable {
    enum Operation: String, Sendable {
        case put, get
    }

    private let operation: Operation
    private let pool: PagePool
    private let loaded: Int
    private let pages: Int
    /// What is put, and the frames that bare zstd gives back.
    private let bytes: [UInt8]
    private let frames: [UInt8]
    private let ends: [Int]

    init(_ operation: Operation, _ pool: PagePool, _ set: PageSet, loaded: Int, pages: Int) throws {
        (self.operation, self.pool, self.loaded, self.pages) = (operation, pool, loaded, pages)
        var bytes = [UInt8](repeating: 0, count: pages * 4096)
        for index in 0..<pages { set.copy(loaded + index, to: &bytes, at: index * 4096) }
        var compressor = try ZstdCompressor(.plain)
        var frames = ByteBuffer(capacity: pages * 4096)
        var ends = [0]
        for index in 0..<pages {
            let page = bytes.span.extracting((index * 4096)..<(index * 4096 + 4096))
            try compressor.compress(page, level: 1, into: &frames)
            ends.append(frames.count)
        }
        (self.bytes, self.frames, self.ends) = (bytes, frames.array, ends)
    }

    /// How much more two threads do than one.
    func scaling(isBare: Bool) -> Double {
        let alone = wall(threads: 1, isBare: isBare)
        let together = wall(threads: 2, isBare: isBare)
        return 2 * Double(alone) / Double(max(together, 1))
    }

    /// Nanoseconds until each of some threads has done all pages.
    private func wall(threads: Int, isBare: Bool) -> Int {
        final class Run: Sendable {
            let turn: PageTurn, thread: Int, isBare: Bool
            let missing: Gate
            let began = Atomic<Int>(0), ended = Atomic<Int>(0)
            init(_ turn: PageTurn, _ thread: Int, _ isBare: Bool, _ gate: Gate) {
                (self.turn, self.thread, self.isBare, missing) = (turn, thread, isBare, gate)
            }
            func go() {
                var compressor = try! ZstdCompressor(.plain)
                var decompressor = try! ZstdDecompressor(.plain)
                var out = ByteBuffer(capacity: 8192)
                turn.warm(isBare, &compressor, &decompressor, &out)
                missing.wait()
                began.store(Measure.now(), ordering: .relaxed)
                turn.work(thread, isBare, &compressor, &decompressor, &out)
                ended.store(Measure.now(), ordering: .relaxed)
            }
        }
        final class Gate: Sendable {
            let missing: Atomic<Int>
            init(_ count: Int) { missing = Atomic(count) }
            func wait() {
                missing.subtract(1, ordering: .relaxed)
                while missing.load(ordering: .relaxed) > 0 { sched_yield() }
            }
        }
        let gate = Gate(threads)
        let runs = (0..<threads).map { Run(self, $0, isBare, gate) }
        let handles = runs.map { run in
            var handle = pthread_t()
            pthread_create(
                &handle, nil,
                { context in
                    Unmanaged<Run>.fromOpaque(context!).takeUnretainedValue().go()
                    return nil
                }, Unmanaged.passUnretained(run).toOpaque())
            return handle
        }
        for handle in handles { pthread_join(handle, nil) }
        let began = runs.map { $0.began.load(ordering: .relaxed) }.min() ?? 0
        return (runs.map { $0.ended.load(ordering: .relaxed) }.max() ?? 0) - began
    }

    private func warm(
        _ isBare: Bool, _ compressor: inout ZstdCompressor, _ decompressor: inout ZstdDecompressor,
        _ out: inout ByteBuffer
    ) {
        for index in 0..<min(16, pages) { step(index, isBare, 0, &compressor, &decompressor, &out) }
    }

    private func work(
        _ thread: Int, _ isBare: Bool, _ compressor: inout ZstdCompressor, _ decompressor: inout ZstdDecompressor,
        _ out: inout ByteBuffer
    ) {
        for index in 0..<pages { step(index, isBare, thread, &compressor, &decompressor, &out) }
    }

    @inline(__always)
    private func step(
        _ index: Int, _ isBare: Bool, _ thread: Int, _ compressor: inout ZstdCompressor,
        _ decompressor: inout ZstdDecompressor, _ out: inout ByteBuffer
    ) {
        // All over the pool, elsewhere for each thread.
        let mixed = UInt64(index * 2 + thread) &* 0x9E37_79B9_7F4A_7C15
        let number = mixed >> 20 % UInt64(loaded)
        let place = (index + thread * pages / 2) % pages
        let (bytes, frames) = (bytes, frames)
        out.removeAll()
        switch (operation, isBare) {
        case (.put, false):
            try! pool.put(number, bytes.span.extracting((place * 4096)..<(place * 4096 + 4096)))
        case (.put, true):
            let page = bytes.span.extracting((place * 4096)..<(place * 4096 + 4096))
            try! compressor.compress(page, level: 1, into: &out)
        case (.get, false): try! pool.get(number, into: &out)
        case (.get, true):
            let frame = frames.span.extracting(ends[place]..<ends[place + 1])
            try! decompressor.decompress(frame, sizeMax: 4096, into: &out)
        }
    }
}
