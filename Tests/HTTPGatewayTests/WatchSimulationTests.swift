internal import Bytes
internal import HTTPGateway
internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import Testing

/// Who watches is told the latest, whatever the order of changes and looks.
@Suite struct WatchSimulationTests {
    private final class Calls: Sendable {
        let isCalled = Atomic(true)
    }

    /// One who watches, and what it was told: replayed, it is what there is.
    private final class Watching: @unchecked Sendable {
        // Sendable: one thread at a time reads.
        let path: String
        let stream: StreamBody
        var names: Set<String> = []
        var value: Int64?
        var hasEnded = false
        private let calls = Calls()

        init(_ path: String, _ answer: TestClient.Answer) throws {
            self.path = path
            stream = try #require(answer.stream)
            try take(answer.bytes)
            stream.onReadable { [calls] in calls.isCalled.store(true, ordering: .sequentiallyConsistent) }
        }

        /// Reads, if it was called; a reader that was not called would find nothing.
        func read() throws {
            guard calls.isCalled.exchange(false, ordering: .sequentiallyConsistent), !hasEnded else { return }
            var out = ByteBuffer()
            hasEnded = stream.read(into: &out, limit: 65536) == .end
            try take(out.array)
        }

        private func take(_ bytes: [UInt8]) throws {
            for event in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let object = try JSONReader.document(Array(event.dropFirst("data: ".utf8.count).utf8).span)
                for member in object.members ?? [] {
                    switch member.name {
                    case "value": if case .number(let text) = member.value { value = Int64(text) }
                    case "entries": names = Set(try names(of: member.value))
                    case "removed":
                        // Those that were added come first in the event, and last in time.
                        let gone = Self.elements(member.value).compactMap(\.stringValue)
                        #expect(names.isSuperset(of: gone))
                        names.subtract(gone)
                        let added = try names(of: object.members?.first { $0.name == "added" }?.value)
                        #expect(names.isDisjoint(with: added))
                        names.formUnion(added)
                    default: break
                    }
                }
            }
        }

        private func names(of value: JSONValue?) throws -> [String] {
            try Self.elements(value).map { entry in
                try #require(entry.members?.first { $0.name == "name" }?.value.stringValue)
            }
        }

        private static func elements(_ value: JSONValue?) -> [JSONValue] {
            if case .array(let elements) = value { elements } else { [] }
        }
    }

    /// Who reads some of the streams, one thread.
    private final class Reader: Sendable {
        let called = Locked<[Int]>([])
        /// Rung once for each call, and once more for the end.
        let bell = Bell()

        func call(_ index: Int) {
            called.withLock { $0.append(index) }
            bell.ring()
        }

        func next() -> Int? {
            bell.wait()
            return called.withLock { $0.popLast() }
        }
    }

    @Test(arguments: 0..<8)
    func `random changes in the tree and in process reach everybody`(_: Int) throws {
        let seed = Seed.next()
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let drawers = Drawers(count: 4)
        let client = TestClient(drawers.namespace(.atOnce))
        var watching: [Watching] = []
        for _ in 0..<2000 {
            let drawer = drawers[Int.random(in: 0..<4, using: &random)]
            let name = "t\(Int.random(in: 0..<12, using: &random))"
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: _ = client.send("POST", "/d/d\(drawer.number)", body: #"{"name":"\#(name)"}"#)
            case 2, 3: _ = client.send("DELETE", "/d/d\(drawer.number)/\(name)")
            case 4:
                if Bool.random(using: &random) { drawer.put(name) } else { drawer.take(name) }
                client.namespace.changed(at: "/d")
            case 9:
                drawer.value.store(Int.random(in: 0..<3, using: &random), ordering: .sequentiallyConsistent)
                client.namespace.changed(at: "/d", subject: drawer.identity)
            case 5, 6:
                let value = Int.random(in: 0..<3, using: &random)
                #expect(client.send("PUT", "/d/v\(drawer.number)/value", body: "\(value)").status == 200)
            case 7 where watching.count < 40:
                let path = Bool.random(using: &random) ? "/d/d\(drawer.number)" : "/d/v\(drawer.number)/value"
                watching.append(try Watching(path, client.get(path + "?watch")))
            case 7 where !watching.isEmpty:
                watching.remove(at: Int.random(in: 0..<watching.count, using: &random)).stream.close()
            case 8 where !drawer.names.isEmpty:
                let path = "/d/d\(drawer.number)/\(drawer.names[0])"
                watching.append(try Watching(path, client.get(path + "?watch")))
            default:
                if let one = watching.randomElement(using: &random) { try one.read() }
            }
            client.namespace.watchers.checkInvariants()
        }
        for one in watching {
            try one.read()
            let (kind, number) = (one.path.dropFirst(3).first, one.path.dropFirst(4).prefix { $0.isNumber })
            let drawer = drawers[try #require(Int(number))]
            if one.path.split(separator: "/").count == 3, kind == "d" {
                // A thing, which has one entry while it is there.
                let isThere = client.get(one.path).status == 200
                if !isThere { #expect(one.hasEnded, "\(one.path) is gone, seed \(seed)") }
            } else if kind == "d" {
                #expect(one.names.sorted() == drawer.names, "\(one.path), seed \(seed)")
            } else {
                #expect(one.value == Int64(drawer.value.load(ordering: .relaxed)), "\(one.path), seed \(seed)")
            }
            one.stream.close()
        }
        #expect(client.namespace.watchers.count == 0)
        #expect(client.namespace.statistics.pinned == 0)
        client.namespace.checkInvariants()
    }

    @Test func `a thousand watchers on changes of several threads are told the last`() throws {
        let drawers = Drawers(count: 4)
        let client = TestClient(drawers.namespace(.behind))
        let final = 1_000_000
        let told = Locked(0)
        let bell = Bell()
        var streams: [StreamBody] = []
        let readers = [Reader(), Reader()]
        for index in 0..<1000 {
            let stream = try #require(client.get("/d/v\(index % 4)/value?watch").stream)
            let reader = readers[index / 500]
            stream.onReadable { reader.call(index) }
            reader.call(index)
            streams.append(stream)
        }
        var threads = Threads()
        let held = streams
        for reader in readers {
            // They read who is called, and nobody else, until the last value was told to all.
            threads.start {
                while let index = reader.next() {
                    var out = ByteBuffer()
                    _ = held[index].read(into: &out, limit: 65536)
                    guard out.text.contains("\"value\":\(final)}") else { continue }
                    if told.withLock({ told in
                        told += 1
                        return told == 1000
                    }) {
                        bell.ring()
                    }
                }
            }
        }
        for number in 0..<4 {
            threads.start {
                for value in 1...200 {
                    _ = client.send("PUT", "/d/v\(number)/value", body: "\(value == 200 ? final : value)")
                }
            }
        }
        bell.wait()
        for reader in readers { reader.bell.ring() }
        threads.join()
        #expect(told.withLock { $0 } == 1000)
        client.namespace.watchers.checkInvariants()
        for stream in streams { stream.close() }
        #expect(client.namespace.watchers.count == 0)
    }
}
