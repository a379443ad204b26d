internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import DebugFS

/// Random changes beside a plain model: paths in a dictionary.
@Suite struct DebugSimulationTests {
    /// The model: what stands at a path; nil for a directory.
    private struct Model {
        var entries: [String: UInt32?] = [:]

        func isDirectory(_ path: String) -> Bool { path.isEmpty || entries[path] == .some(nil) }
        func children(of path: String) -> [String] {
            let prefix = path + "/"
            return entries.keys.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
                .map { String($0.dropFirst(prefix.count)) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        mutating func remove(_ path: String) {
            entries = entries.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
        }
        mutating func rename(_ path: String, to other: String) {
            for (key, value) in entries where key == path || key.hasPrefix(path + "/") {
                entries[key] = nil
                entries[other + key.dropFirst(path.count)] = value
            }
        }
    }

    private func find(_ path: String, in debug: DebugFS) -> DebugEntry? {
        var entry: DebugEntry? = debug.root.entry
        for name in path.split(separator: "/") { entry = entry?.directory?[String(name)] }
        return entry
    }

    @Test func `random makings, renamings, removals and pages agree with a plain model`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let debug = DebugFS()
        var model = Model()
        let names = (0..<40).map { "n\($0 * 7919 % 101)" } + ["ä", "a b", String(repeating: "l", count: 40)]
        for step in 0..<3000 {
            let paths = [""] + model.entries.keys.sorted()
            guard let path = paths.randomElement(using: &random), let name = names.randomElement(using: &random),
                let other = paths.randomElement(using: &random), let entry = find(path, in: debug)
            else { throw Lost(seed: seed) }
            let what: Comment = "seed \(seed), step \(step): \(path) \(name) \(other)"
            let depth = path.split(separator: "/").count
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5 where depth < 4:
                let isFree = model.entries[path + "/" + name] == nil
                let isDirectory = Bool.random(using: &random) && depth < 3
                let number = UInt32.random(in: 0...9, using: &random)
                guard let directory = entry.directory else {
                    #expect(!model.isDirectory(path), what)
                    continue
                }
                let refusal = errno { () throws(Failure) in
                    if isDirectory { _ = try directory.directory(name) } else { _ = try directory.u32(name, number) }
                }
                #expect(refusal == (isFree ? nil : .fileExists), what)
                if isFree { model.entries[path + "/" + name] = .some(isDirectory ? nil : number) }
            case 5:
                guard let target = find(other, in: debug)?.directory else { continue }
                let new = other + "/" + name
                let isInside = model.isDirectory(path) && (other == path || other.hasPrefix(path + "/"))
                let expected: Errno? =
                    path.isEmpty
                    ? .resourceBusy
                    : new == path
                        ? nil : model.entries[new] != nil ? .fileExists : isInside ? .invalidArgument : nil
                #expect(errno { () throws(Failure) in try entry.rename(to: name, in: target) } == expected, what)
                if expected == nil, new != path { model.rename(path, to: new) }
            case 6:
                let expected: Errno? =
                    path.isEmpty ? .resourceBusy : model.children(of: path).isEmpty ? nil : .directoryNotEmpty
                #expect(errno { () throws(Failure) in try entry.remove() } == expected, what)
                if expected == nil { model.remove(path) }
            case 7 where step % 4 == 0 && !path.isEmpty:
                try entry.removeTree()
                model.remove(path)
            case 8:
                guard let directory = entry.directory else { continue }
                let count = Int.random(in: 1...5, using: &random)
                let expected = model.children(of: path).filter { name.utf8.lexicographicallyPrecedes($0.utf8) }
                #expect(directory.entries(after: name, count: count).map(\.name) == Array(expected.prefix(count)), what)
            default:
                if case .some(.some(let number)) = model.entries[path] {
                    #expect(try entry.entry.value() == .unsigned(UInt64(number)), what)
                } else {
                    #expect(entry.directory?.entries().map(\.name) == model.children(of: path), what)
                }
                #expect(entry.path == (path.isEmpty ? "/" : path), what)
            }
            if step % 50 == 0 {
                debug.checkInvariants()
                #expect(debug.entryCount == model.entries.count, what)
            }
        }
        debug.checkInvariants()
    }

    /// The tree has lost a path of the model.
    private struct Lost: Error { let seed: UInt64 }

    @Test func `a large directory keeps its order through random insertions and removals`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let debug = DebugFS()
        var there: Set<String> = []
        for step in 0..<20_000 {
            let name = "key-\(Int.random(in: 0..<3000, using: &random))"
            let grows = step % 8000 < 5000 ? 3 : 1
            if Int.random(in: 0..<4, using: &random) < grows {
                let refusal = errno { () throws(Failure) in _ = try debug.root.u8(name) }
                #expect(refusal == (there.insert(name).inserted ? nil : .fileExists), "seed \(seed)")
            } else {
                debug.root.remove(name)
                there.remove(name)
            }
            if step % 500 == 0 { debug.checkInvariants() }
        }
        debug.checkInvariants()
        let sorted = there.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(debug.root.entries(count: 5000).map(\.name) == sorted, "seed \(seed)")
    }

    @Test func `threads that make, rename, list and remove leave a sound tree`() throws {
        let seed = Seed.next()
        let debug = DebugFS()
        var threads = Threads()
        for thread in 0..<4 {
            threads.start {
                var random = SeededGenerator(seed: seed &+ UInt64(thread))
                for _ in 0..<1500 {
                    let root = debug.root
                    let name = "d\(Int.random(in: 0..<6, using: &random))"
                    let other = "d\(Int.random(in: 0..<6, using: &random))"
                    switch Int.random(in: 0..<7, using: &random) {
                    case 0: _ = try? root.directory(name)
                    case 1: _ = try? root[name]?.directory?.u32("v\(Int.random(in: 0..<300, using: &random))")
                    case 2: root.remove(name)
                    case 3:
                        if let target = root[other]?.directory { try? root[name]?.rename(to: "in", in: target) }
                    case 4: try? root[name]?.rename(to: other)
                    case 5: _ = root[name]?.directory?.entries(after: "v1", count: 10)
                    default:
                        guard let directory = root[name]?.directory else { continue }
                        for number in 0..<20 { _ = try? directory.u8("w\(number)") }
                    }
                }
            }
        }
        threads.join()
        debug.checkInvariants()
        debug.root.removeAll()
        #expect(debug.entryCount == 0, "seed \(seed)")
        debug.checkInvariants()
    }

    @Test func `no addition of several threads is lost`() throws {
        let debug = DebugFS()
        let number = try debug.root.u64("n")
        var threads = Threads()
        for _ in 0..<4 { threads.start { for _ in 0..<10_000 { number.add(1) } } }
        threads.join()
        #expect(number.value == 40_000)
    }
}
