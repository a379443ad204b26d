internal import Bytes
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// What cannot be restored, and that nothing comes of it.
@Suite struct SnapshotMistakeTests {
    private let pools = SnapshotPools()

    @Test func `a snapshot that ends anywhere before its end is refused whole`() throws {
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let snapshot = try TestSnapshot.of(source)
        let target = try pools.makePool()
        try pools.putOneOfEach(target, mark: 7)
        try target.put(5, TestPage.of(900).span)
        let (before, pages) = (pools.told(target), try TestSnapshot.contents(target))
        for length in 0..<snapshot.count {
            #expect(throws: RestoreFailure.mistake(.truncated), "\(length) bytes") {
                try TestSnapshot.restore(Array(snapshot[..<length]), into: target)
            }
            if length % 64 != 0, length < snapshot.count - 64 { continue }
            #expect(pools.told(target) == before)
            #expect(try TestSnapshot.contents(target) == pages)
            target.checkInvariants()
        }
        try TestSnapshot.restore(snapshot, into: target)
        #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(source))
    }

    @Test func `a snapshot of which any byte is another is refused whole`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        var snapshot = try TestSnapshot.of(source)
        let target = try pools.makePool()
        try pools.putOneOfEach(target, mark: 7)
        let (before, pages) = (pools.told(target), try TestSnapshot.contents(target))
        for place in snapshot.indices {
            let flips = UInt8.random(in: 1...255, using: &random)
            snapshot[place] ^= flips
            #expect(throws: RestoreFailure.self, "byte \(place), SEED=\(seed)") {
                try TestSnapshot.restore(snapshot, into: target)
            }
            snapshot[place] ^= flips
            if place % 64 != 0, place > 128 { continue }
            #expect(pools.told(target) == before, "byte \(place), SEED=\(seed)")
            #expect(try TestSnapshot.contents(target) == pages)
            target.checkInvariants()
        }
    }

    /// Snapshots whose checksums are right, with something in them that no snapshot has.
    private static let forged: [(String, TestSnapshot, SnapshotMistake)] = {
        var list: [(String, TestSnapshot, SnapshotMistake)] = []
        func add(_ name: String, _ mistake: SnapshotMistake, _ build: (inout TestSnapshot) -> Void) {
            var snapshot = TestSnapshot()
            build(&snapshot)
            list.append((name, snapshot, mistake))
        }
        func pages(_ name: String, _ mistake: SnapshotMistake, _ records: [UInt8]) {
            add(name, mistake) { snapshot in
                snapshot.addSettings()
                snapshot.add("P", records)
                snapshot.addEnd(pages: 1, objects: 1)
            }
        }
        list.append(("version 2", TestSnapshot(version: 2), .unknownVersion(2)))
        list.append(("version 0", TestSnapshot(version: 0), .unknownVersion(0)))
        add("a block of an unknown kind", .altered) { $0.add("X", []) }
        add("pages before the settings", .altered) { $0.add("P", TestSnapshot.run(0, 1, 0)) }
        add("an end before the settings", .altered) { $0.addEnd(pages: 0, objects: 0) }
        add("settings twice", .altered) { snapshot in
            snapshot.addSettings()
            snapshot.addSettings()
        }
        add("another page size", .otherPageSize(16384)) { $0.addSettings(pageBytes: 16384) }
        add("another codec", .otherCodec) { $0.addSettings(codec: "lzo") }
        add("settings that are cut", .altered) { $0.add("S", [0, 16, 0, 0]) }
        add("settings whose names go on", .altered) {
            $0.add("S", TestSnapshot.number(UInt32(4096)) + [UInt8](repeating: 0, count: 20) + [200, 0x74])
        }
        for length in [SnapshotFormat.contentsMax + 1, 1 << 31, Int(UInt32.max)] {
            add("a block said to have \(length) bytes", .altered) { snapshot in
                snapshot.addSettings()
                snapshot.add("P", [], length: UInt32(length))
            }
        }
        for (what, bytes) in [
            ("of number 0", [0, 1, 0, 0, 1]), ("of an unknown kind", [5, 3, 0, 0, 1]), ("of no bytes", [5, 1, 0, 0]),
            ("with a bit too many", [5, 1, 0, 1, 1]),
        ] as [(String, [UInt8])] {
            add("a dictionary \(what)", .altered) { snapshot in
                snapshot.addSettings()
                snapshot.add("D", bytes)
            }
        }
        add("a dictionary before the settings", .altered) { $0.add("D", [5, 1, 0, 0, 1]) }
        add("a dictionary that is not counted", .altered) { snapshot in
            snapshot.addSettings()
            snapshot.add("D", [5, 1, 0, 0, 1, 2, 3])
            snapshot.addEnd(pages: 0, objects: 0)
        }
        add("a wrong count", .altered) { snapshot in
            snapshot.addSettings()
            snapshot.add("P", TestSnapshot.run(0, 2, 0))
            snapshot.addEnd(pages: 1, objects: 0)
        }
        add("dictionaries that are not there", .altered) { snapshot in
            snapshot.addSettings()
            snapshot.addEnd(pages: 0, objects: 0, dictionaries: 1)
        }
        add("something behind the end", .goesOn) { snapshot in
            snapshot.addSettings()
            snapshot.addEnd(pages: 0, objects: 0)
            snapshot.add("P", TestSnapshot.run(0, 1, 0))
        }
        pages("a record that is cut", .altered, [1, 0, 0])
        pages("an object that is cut", .altered, Array(TestSnapshot.object(1, 3, [1, 2, 3]).dropLast()))
        pages("a run that is cut", .altered, Array(TestSnapshot.run(3, 1, 0).dropLast()))
        pages("a record of an unknown kind", .altered, TestSnapshot.object(4, 3, []))
        pages("an object of no bytes", .altered, TestSnapshot.object(1, 3, []))
        pages("a frame that is too long", .altered, TestSnapshot.object(1, 3, [UInt8](repeating: 1, count: 4032)))
        pages("a huge page that is too short", .altered, TestSnapshot.object(2, 3, [UInt8](repeating: 1, count: 4099)))
        pages("a huge page that is too long", .altered, TestSnapshot.object(2, 3, [UInt8](repeating: 1, count: 4101)))
        pages(
            "a huge page of a dictionary", .altered,
            [2, 1] + TestSnapshot.object(2, 3, [UInt8](repeating: 1, count: 4100))[2...])
        pages(
            "a frame of a dictionary", .unknownDictionary(1),
            TestSnapshot.object(1, 3, [UInt8](repeating: 1, count: 20), dictionary: 1))
        pages("a frame that is none", .damaged(3), TestSnapshot.object(1, 3, [UInt8](repeating: 1, count: 20)))
        pages("a huge page that is damaged", .damaged(3), TestSnapshot.object(2, 3, [UInt8](repeating: 1, count: 4100)))
        pages("a run of none", .altered, TestSnapshot.run(3, 0, 0))
        pages("a run of 513", .altered, TestSnapshot.run(3, 513, 0))
        pages("a run of all", .altered, TestSnapshot.run(0, .max, 0))
        pages("a page beyond the end", .beyondEnd(256), TestSnapshot.run(256, 1, 0))
        pages("a run beyond the end", .beyondEnd(256), TestSnapshot.run(255, 2, 0))
        pages("the last page that there can be", .beyondEnd(0xFFFF_FFFF + 511), TestSnapshot.run(.max, 512, 0))
        pages("a page twice", .altered, TestSnapshot.run(3, 1, 0) + TestSnapshot.run(3, 1, 0))
        pages("a page before another", .altered, TestSnapshot.run(3, 2, 0) + TestSnapshot.run(2, 1, 0))
        return list
    }()

    @Test(arguments: forged.indices)
    func `what no snapshot has is refused by name, and nothing is taken`(_ index: Int) throws {
        let (name, snapshot, mistake) = Self.forged[index]
        let target = try pools.makePool()
        try pools.putOneOfEach(target, mark: 7)
        let (before, pages) = (pools.told(target), try TestSnapshot.contents(target))
        for pieces in [1, 7, 100_000] {
            #expect(throws: RestoreFailure.mistake(mistake), Comment(rawValue: name)) {
                try TestSnapshot.restore(snapshot.bytes, into: target, pieces: pieces)
            }
        }
        #expect(pools.told(target) == before)
        #expect(try TestSnapshot.contents(target) == pages)
        target.checkInvariants()
    }

    @Test func `what is no snapshot at all is refused after sixteen bytes`() throws {
        let target = try pools.makePool()
        let restore = try PoolRestore(into: target)
        try restore.take([UInt8](repeating: 0x20, count: 15).span)
        #expect(throws: RestoreFailure.mistake(.noSnapshot)) { try restore.take([0x20].span) }
    }
}
