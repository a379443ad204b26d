internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

/// What a tree with links and unions should be: paths in a dictionary, and the walk as a reader of symlink(7) would
/// write it.
private struct PlainTree {
    enum Entry: Equatable { case directory, file, link(String) }
    var entries: [String: Entry] = ["/g": .directory, "/h": .directory, "/h/far": .directory, "/": .directory]
    var unions: [String: [String]] = [:]

    /// Where a path leads, or the errno with which it does not; and whether nothing may be changed there.
    func find(_ path: String, followsLast: Bool, changes: Bool) -> Result<String, Errno> {
        var path = path
        for _ in 0...40 {
            let names = path.split(separator: "/").map(String.init)
            if names.isEmpty { return .success("/") }
            if let branches = unions[names[0]] {
                if names.count == 1 { return .success(path) }
                guard let index = branches.firstIndex(where: { entry(of: $0, names[1]) != nil }) else {
                    return .failure(.noSuchFileOrDirectory)
                }
                if index > 0, changes { return .failure(.readOnlyFileSystem) }
                path = branches[index] + "/" + names[1...].joined(separator: "/")
                continue
            }
            var place = ""
            var next: String?
            for (index, name) in names.enumerated() {
                switch entries[place.isEmpty ? "/" : place] {
                case .directory: break
                default: return .failure(.notDirectory)
                }
                guard let entry = entries[place + "/" + name] else { return .failure(.noSuchFileOrDirectory) }
                let isLast = index == names.count - 1
                if case .link(let target) = entry, !isLast || followsLast {
                    guard let lead = lead(target, from: place) else { return .failure(.improperLink) }
                    next = ([lead] + names[(index + 1)...]).joined(separator: "/")
                    break
                }
                place += "/" + name
            }
            guard let turn = next else { return .success(place) }
            path = turn
        }
        return .failure(.tooManySymbolicLinkLevels)
    }

    private func entry(of branch: String, _ name: String) -> Entry? {
        guard case .success(let real) = find(branch, followsLast: true, changes: false) else { return nil }
        return entries[real + "/" + name]
    }

    private func lead(_ target: String, from place: String) -> String? {
        let mount = place.hasPrefix("/g") ? "/g" : "/h/far"
        var names = target.hasPrefix("/") ? [] : place.split(separator: "/").map(String.init)
        for name in target.split(separator: "/").map(String.init) where name != "." {
            if name == ".." { if names.popLast() == nil { return nil } } else { names.append(name) }
        }
        let text = "/" + names.joined(separator: "/")
        return text == mount || text.hasPrefix(mount + "/") ? text : nil
    }

    func names(in place: String) -> [String] {
        if let branches = unions[String(place.dropFirst())] {
            return Set(
                branches.flatMap { branch -> [String] in
                    guard case .success(let real) = find(branch, followsLast: true, changes: false) else { return [] }
                    return self.names(in: real)
                }
            ).sorted()
        }
        let prefix = place == "/" ? "/" : place + "/"
        var names = entries.keys.filter {
            $0.hasPrefix(prefix) && $0 != "/" && !$0.dropFirst(prefix.count).contains("/")
        }
        .map { String($0.dropFirst(prefix.count)) }
        if place == "/" { names += unions.keys }
        return names.sorted()
    }

    mutating func remove(_ place: String) {
        entries = entries.filter { $0.key != place && !$0.key.hasPrefix(place + "/") }
    }

    mutating func rename(_ place: String, to new: String) {
        for (path, entry) in entries where path == place || path.hasPrefix(place + "/") {
            entries[path] = nil
            entries[new + path.dropFirst(place.count)] = entry
        }
    }
}

@Suite struct TreeSimulationTests {
    private static let names = ["a", "b", "c", "d"]
    private static let targets = ["a", "b/c", "..", "../a", "/g/b", "/g/a/b", "../../h", "./d", "x", "/h/far/a", "c"]

    @Test(arguments: [false, true])
    func `random links, unions, renamings and removals agree with a plain tree`(isEager: Bool) throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let tree = GardenTree(limits: NodeLimits(nodeCountMax: 24, reserveCountMax: 8), isEager: isEager)
        var plain = PlainTree()
        func somewhere() -> String {
            let first = ["/g", "/g", "/g", "/all", "/more", ""].randomElement(using: &random) ?? ""
            let depth = Int.random(in: 0...3, using: &random)
            let rest = (0..<depth).map { _ in "/" + (Self.names.randomElement(using: &random) ?? "") }.joined()
            return first + rest == "" ? "/" : first + rest
        }
        for step in 0..<12_000 {
            let path = somewhere()
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50: compareWalk(path, tree, plain, "seed \(seed) step \(step)")
            case 50..<60: compareNames(path, tree, plain, "seed \(seed) step \(step)")
            case 60..<80: make(in: path, tree, &plain, &random, "seed \(seed) step \(step)")
            case 80..<88: remove(path, tree, &plain, "seed \(seed) step \(step)")
            case 88..<96: rename(path, somewhere(), tree, &plain, "seed \(seed) step \(step)")
            default: unite(tree, &plain, somewhere(), somewhere(), &random, "seed \(seed) step \(step)")
            }
            if step % 20 == 0 { tree.namespace.checkInvariants() }
        }
        #expect(tree.namespace.statistics.live <= 24)
        tree.namespace.refresh()
        tree.namespace.checkInvariants()
        let eager = plain.entries.filter { entry in
            if case .link = entry.value { false } else { entry.key == "/g" || entry.key.hasPrefix("/g/") }
        }
        #expect(tree.namespace.statistics.eager == (isEager ? eager.count : 0), "seed \(seed)")
    }

    private func walk(_ path: String, _ tree: GardenTree, _ purpose: Namespace.Purpose) -> Result<String, Errno> {
        do throws(Failure) { return .success(try tree.place(path, purpose)) } catch { return .failure(error.errno) }
    }

    private func compareWalk(_ path: String, _ tree: GardenTree, _ plain: PlainTree, _ note: String) {
        let expected = plain.find(path, followsLast: true, changes: false)
        #expect(walk(path, tree, .look) == expected, "\(note) \(path)")
        let changed = plain.find(path, followsLast: true, changes: true)
        #expect(walk(path, tree, .change) == changed, "\(note) \(path)")
    }

    private func compareNames(_ path: String, _ tree: GardenTree, _ plain: PlainTree, _ note: String) {
        guard case .success(let place) = plain.find(path, followsLast: true, changes: false) else { return }
        let isUnion = plain.unions[String(place.dropFirst())] != nil
        guard isUnion || plain.entries[place] == .directory else { return }
        #expect((try? tree.names(path)) == plain.names(in: place), "\(note) \(path)")
    }

    private func make(
        in path: String, _ tree: GardenTree, _ plain: inout PlainTree, _ random: inout SeededGenerator, _ note: String
    ) {
        guard case .success(var place) = plain.find(path, followsLast: true, changes: true) else { return }
        if let top = plain.unions[String(place.dropFirst())]?.first {
            guard case .success(let real) = plain.find(top, followsLast: true, changes: true) else { return }
            place = real
        }
        guard plain.entries[place] == .directory, place.hasPrefix("/g") else { return }
        let name = Self.names.randomElement(using: &random) ?? "a"
        let target = Bool.random(using: &random) ? nil : Self.targets.randomElement(using: &random)
        let members = target.map { [JSONValue.Member(name: "target", value: .string($0))] } ?? []
        do throws(Failure) {
            let directory = try tree.node(path, .create)
            try directory.make(name, CreateRequest(members: members, caller: tree.caller))
            // Where it is not told, it is found all the same.
            if Bool.random(using: &random) { tree.namespace.added(name, in: directory) }
            #expect(plain.entries[place + "/" + name] == nil, "\(note) \(path)/\(name)")
            plain.entries[place + "/" + name] = target.map { .link($0) } ?? .directory
        } catch {
            #expect(error.errno == .fileExists && plain.entries[place + "/" + name] != nil, "\(note) \(path): \(error)")
        }
    }

    private func remove(_ path: String, _ tree: GardenTree, _ plain: inout PlainTree, _ note: String) {
        let found = plain.find(path, followsLast: false, changes: true)
        #expect(walk(path, tree, .entry) == found, "\(note) \(path)")
        guard case .success(let place) = found, place != "/", place != "/g", let node = try? tree.node(path, .entry)
        else { return }
        if plain.unions.removeValue(forKey: String(place.dropFirst())) == nil, !place.hasPrefix("/g/") { return }
        do throws(Failure) {
            let isTree = node.declaration.removesTree
            try node.remove(tree.caller, tree: isTree)
            tree.namespace.removed(node)
            if place.hasPrefix("/g/") { plain.remove(place) }
        } catch {
            Issue.record("\(note) \(path): \(error)")
        }
    }

    private func rename(
        _ path: String, _ other: String, _ tree: GardenTree, _ plain: inout PlainTree, _ note: String
    ) {
        guard case .success(let place) = plain.find(path, followsLast: false, changes: true), place.hasPrefix("/g/"),
            case .success(let directory) = plain.find(other, followsLast: true, changes: true),
            directory.hasPrefix("/g"), plain.entries[directory] == .directory
        else { return }
        do throws(Failure) {
            let node = try tree.node(path, .entry)
            let parent = try tree.node(other, .create)
            try node.rename(to: parent, "d", tree.caller)
            tree.namespace.renamed(node)
            tree.namespace.added("d", in: parent)
            #expect(plain.entries[directory + "/d"] == nil, "\(note) \(path) to \(other)/d")
            plain.rename(place, to: directory + "/d")
        } catch {
            let isInside = directory == place || directory.hasPrefix(place + "/")
            #expect(plain.entries[directory + "/d"] != nil || isInside, "\(note) \(path) to \(other)/d: \(error)")
        }
    }

    private func unite(
        _ tree: GardenTree, _ plain: inout PlainTree, _ first: String, _ second: String,
        _ random: inout SeededGenerator, _ note: String
    ) {
        let name = Bool.random(using: &random) ? "all" : "more"
        func isBranch(_ path: String) -> String? {
            guard case .success(let place) = plain.find(path, followsLast: true, changes: false), place != "/",
                plain.entries[place] == .directory
            else { return nil }
            return place
        }
        let branches = [isBranch(first), isBranch(second)]
        do throws(Failure) {
            try tree.unite(name, [first, second])
            #expect(!branches.contains(nil) && plain.unions[name] == nil, "\(note) \(first) \(second)")
            plain.unions[name] = branches.compactMap { $0 }
        } catch {
            #expect(branches.contains(nil) || plain.unions[name] != nil, "\(note) \(first) \(second): \(error)")
        }
    }
}
