internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import SwapReplay

@Suite struct RecordingTests {
    private static func traffic(_ count: Int, seed: UInt64, pages: Int = 100_000) -> [TrafficLog.Entry] {
        var traffic = SeededTraffic(seed: seed)
        return (0..<count).map { index in
            if index % 97 == 96 { return .lost(index % 2 == 0 ? nil : UInt64(index)) }
            return .operation(traffic.any(pages: pages))
        }
    }

    @Test(arguments: [1, 7, 1000, 65_536, 1 << 20])
    func `what was written is read, in pieces of any size`(pieces: Int) throws {
        let seed = Seed.next()
        let entries = Self.traffic(20_000, seed: seed)
        let bytes = try TestRecording.bytes(entries)
        let (log, error) = TestRecording.read(bytes, pieces: pieces)
        #expect(error == nil, "SEED=\(seed)")
        #expect(log.headers == [RecordingHeader(pool: "swap")], "SEED=\(seed)")
        #expect(log.entries == entries, "SEED=\(seed)")
    }

    @Test func `numbers of every size come back`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let extremes: [UInt64] = [0, 1, 7, 8, 127, 128, 4096, 1 << 31, 1 << 32, 1 << 62, 1 << 63, ~0 - 7, ~0]
        func number() -> UInt64 {
            let shift = random.next() % 64
            return random.next() % 3 == 0 ? extremes[Int(random.next() % 13)] : random.next() >> shift
        }
        let entries = (0..<5000).map { _ in
            TrafficLog.Entry.operation(
                TrafficOperation(
                    kind: TrafficOperation.Kind.allCases[Int(random.next() % 4)], sector: number(),
                    storedBytes: UInt32(truncatingIfNeeded: number()), nanoseconds: number(), time: number()))
        }
        let (log, error) = TestRecording.read(try TestRecording.bytes(entries))
        #expect(error == nil && log.entries == entries, "SEED=\(seed)")
    }

    @Test func `a header comes back, whatever its names are`() throws {
        for pool in ["swap", "a \"b\" \\ c\n", "ü 🐢", "", String(repeating: "x", count: 255)] {
            let header = RecordingHeader(
                pool: pool, clock: "boot", startedUnixNanoseconds: .max, recorder: "somebody's 2")
            let written = Written()
            try RecordingWriter(header) { bytes throws(Errno) in try written.take(bytes) }.finish()
            let (log, error) = TestRecording.read(written.bytes)
            #expect(error == nil && log == TrafficLog(headers: [header]))
        }
    }

    @Test func `a header that is too long is refused`() throws {
        let long = RecordingHeader(pool: String(repeating: "x", count: 65_536))
        #expect(throws: Errno.invalidArgument) {
            try RecordingWriter(long) { bytes throws(Errno) in Issue.record("\(bytes.count) bytes") }.finish()
        }
    }

    @Test func `an operation takes some ten bytes`() throws {
        let seed = Seed.next()
        let count = 50_000
        let scattered = try TestRecording.bytes(Self.traffic(count, seed: seed))
        #expect(scattered.count < count * 12, "SEED=\(seed): \(scattered.count)")
        var traffic = SeededTraffic(seed: seed)
        let load = (0..<count).map { page in
            TrafficLog.Entry.operation(traffic.operation(.put, page: page, length: traffic.length()))
        }
        let neighbours = try TestRecording.bytes(load)
        #expect(neighbours.count < count * 9, "SEED=\(seed): \(neighbours.count)")
        print(
            "bytes an operation: \(Double(scattered.count) / Double(count)), \(Double(neighbours.count) / Double(count))"
        )
    }

    @Test func `a sink that fails is heard of, and what was written before can be read`() throws {
        let written = Written()
        written.callsLeft = 3
        var traffic = SeededTraffic(seed: 1)
        var writer = try RecordingWriter(RecordingHeader(pool: "b")) { bytes throws(Errno) in try written.take(bytes) }
        for _ in 0..<10 { try writer.append(traffic.any(pages: 10)) }
        try writer.endBlock()
        try writer.append(traffic.any(pages: 10))
        var refusal: Errno?
        do throws(Errno) {
            try writer.endBlock()
        } catch {
            refusal = error
        }
        #expect(refusal == .noSpace)
        let (log, error) = TestRecording.read(written.bytes)
        #expect(log.entries.count == 10)
        #expect(error == RecordingError(.cutShort, at: UInt64(written.bytes.count)))
    }

    // MARK: what is no recording

    @Test func `a recording that was cut short is read up to its last whole block`() throws {
        let seed = Seed.next()
        let entries = Self.traffic(300, seed: seed)
        let bytes = try TestRecording.bytes(entries, blockEvery: 50)
        let headerEnd = 24 + Int(bytes[12]) + Int(bytes[13]) << 8
        var ends: Set<Int> = []
        for length in 0..<bytes.count {
            let (log, error) = TestRecording.read(Array(bytes[..<length]))
            guard let error else {
                Issue.record("\(length) of \(bytes.count) bytes are no recording, SEED=\(seed)")
                continue
            }
            #expect(error.kind == (length == 0 ? .foreign : .cutShort), "\(length), SEED=\(seed)")
            #expect(error.offset <= length && length - Int(error.offset) < 1 << 16, "\(length), SEED=\(seed)")
            #expect(log.entries == Array(entries.prefix(log.entries.count)), "\(length), SEED=\(seed)")
            #expect(log.entries.count % 50 == 0, "\(length), SEED=\(seed)")
            #expect(log.headers.count == (length < headerEnd ? 0 : 1), "\(length), SEED=\(seed)")
            ends.insert(log.entries.count)
        }
        #expect(ends == [0, 50, 100, 150, 200, 250, 300], "SEED=\(seed)")
    }

    @Test func `an altered byte is noticed, wherever it is`() throws {
        let seed = Seed.next()
        let entries = Self.traffic(200, seed: seed)
        let bytes = try TestRecording.bytes(entries, blockEvery: 64)
        for place in bytes.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var altered = bytes
                altered[place] ^= change
                let (log, error) = TestRecording.read(altered)
                #expect(log.entries == Array(entries.prefix(log.entries.count)), "\(place), SEED=\(seed)")
                guard let error else {
                    Issue.record("byte \(place) with \(change) is not noticed, SEED=\(seed)")
                    continue
                }
                switch error.kind {
                case .foreign: #expect(place < 8, "\(place), SEED=\(seed)")
                case .newer: #expect(place == 8 || place == 9, "\(place), SEED=\(seed)")
                // The length of the header says where to look for its hash.
                case .cutShort: #expect((12..<16).contains(place), "\(place), SEED=\(seed)")
                case .damaged: #expect(error.offset <= place, "\(place), SEED=\(seed)")
                }
            }
        }
    }

    @Test func `later versions and other files are told apart`() throws {
        let bytes = try TestRecording.bytes([])
        var newer = bytes
        newer[8] = 2
        #expect(TestRecording.read(newer).error == RecordingError(.newer(2), at: 8))
        #expect(TestRecording.read(Array("PK and so on".utf8)).error == RecordingError(.foreign, at: 0))
        #expect(TestRecording.read([]).error == RecordingError(.foreign, at: 0))
        #expect(
            TestRecording.read(bytes + [0]).error
                == RecordingError(.damaged("something follows the end"), at: UInt64(bytes.count)))
        #expect(TestRecording.read(bytes + bytes).error?.offset == UInt64(bytes.count))
    }

    @Test func `blocks that are left out, exchanged or another recording's are noticed`() throws {
        let entries = Self.traffic(40, seed: 5)
        let bytes = try TestRecording.bytes(entries, blockEvery: 20)
        let start = 24 + Int(bytes[12]) + Int(bytes[13]) << 8
        func length(_ place: Int) -> Int { 32 + Int(bytes[place + 4]) + Int(bytes[place + 5]) << 8 }
        let second = start + length(start)
        let third = second + length(second)
        let head = Array(bytes[..<start])
        let blocks = [Array(bytes[start..<second]), Array(bytes[second..<third]), Array(bytes[third...])]
        #expect(TestRecording.read(head + blocks[0] + blocks[1] + blocks[2]).error == nil)
        for order in [[1, 0, 2], [0, 2], [0, 0, 1, 2], [2]] {
            let (log, error) = TestRecording.read(order.reduce(head) { $0 + blocks[$1] })
            #expect(error?.kind == .damaged("a block is missing"), "\(order)")
            #expect(log.entries.count == (order[0] == 0 ? 20 : 0))
        }
        let other = try TestRecording.bytes(entries, pool: "other", blockEvery: 20)
        let otherStart = 24 + Int(other[12]) + Int(other[13]) << 8
        #expect(TestRecording.read(head + Array(other[otherStart...])).error?.offset == UInt64(start))
    }

    @Test func `noise is refused, and takes no memory`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let magic = random.next() % 2 == 0 ? RecordingFormat.magic + [1, 0, 0, 0] : []
            let noise = magic + (0..<(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let (log, error) = TestRecording.read(noise)
            #expect(error != nil && log == TrafficLog(), "SEED=\(seed)")
        }
    }

    /// Somebody who knows the hashes can still not make the parser trap, or take more than a block.
    @Test func `blocks with right hashes and wrong contents are refused`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let empty = try TestRecording.bytes([])
        let start = 24 + Int(empty[12]) + Int(empty[13]) << 8
        let hashSeed = empty.span.number(at: 16, bytes: 8)
        func block(_ kind: UInt64, length: UInt64? = nil, entries: UInt64, _ payload: [UInt8]) -> [UInt8] {
            var head = ByteBuffer()
            head.append(kind, bytes: 4)
            head.append(length ?? UInt64(payload.count), bytes: 4)
            head.append(entries, bytes: 4)
            head.append(0, bytes: 4)
            head.append(Hash64.ofMany(payload.span, seed: hashSeed), bytes: 8)
            let hash = Hash64.of(head.span, seed: hashSeed)
            head.append(hash, bytes: 8)
            return Array(empty[..<start]) + head.array + payload
        }
        func refusal(_ bytes: [UInt8]) -> RecordingError.Kind? { TestRecording.read(bytes).error?.kind }
        #expect(refusal(block(1, entries: 1, [0x60, 0, 0])) == .cutShort)
        #expect(refusal(block(1, entries: 2, [0x60, 0, 0])) == .damaged("an entry is none"))
        #expect(refusal(block(1, entries: .max, [0x60, 0, 0])) == .damaged("an entry is none"))
        #expect(refusal(block(1, entries: 0, [0x60, 0, 0])) == .damaged("a block has more than its entries"))
        #expect(refusal(block(1, entries: 1, [5])) == .damaged("an entry is none"))
        #expect(refusal(block(1, entries: 1, [0x84, 1])) == .damaged("an entry is none"))
        #expect(refusal(block(1, entries: 1, [UInt8](repeating: 0xFF, count: 40))) == .damaged("an entry is none"))
        #expect(refusal(block(1, length: 1 << 31, entries: 1, [])) == .damaged("a block is of no kind that there is"))
        #expect(refusal(block(3, entries: 0, [])) == .damaged("a block is of no kind that there is"))
        #expect(refusal(block(0x101, entries: 0, [])) == .damaged("a block is of no kind that there is"))
        #expect(refusal(block(2, entries: 0, [1, 0, 0])) == .damaged("the end does not count what is there"))
        #expect(refusal(block(2, entries: 0, [0, 0, 0])) == nil)
        for _ in 0..<5000 {
            let payload = (0..<(1 + random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let bytes = block(1 + random.next() % 2, entries: random.next() % 12, payload)
            let (log, error) = TestRecording.read(bytes)
            #expect(error != nil && log.entries.count <= 12, "SEED=\(seed)")
        }
    }
}
