internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct BatchFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    private func record(_ letter: Character, _ first: UInt8, _ count: UInt8) -> [UInt8] {
        [letter.asciiValue ?? 0, 0, 0, 0, count, 0, 0, 0, first] + [UInt8](repeating: 0, count: 7)
    }

    private func send(_ bytes: [UInt8], to node: Node? = nil) throws(Failure) -> [UInt8] {
        var out = ByteBuffer()
        let target: Node
        if let node { target = node } else { target = try tree.node("/p/batch") }
        try target.exchange(bytes.span, WriteRequest(appends: true), into: &out)
        return out.array
    }

    @Test func `pages go in and out`() throws {
        let answer = try send(
            record("P", 3, 2) + PoolTree.page + PoolTree.zeros + record("D", 4, 1) + record("G", 3, 2))
        #expect(answer == record("P", 3, 2) + record("D", 4, 1) + record("G", 3, 2) + [1] + PoolTree.page)
        #expect(try tree.list("/p/pages") == ["3"])
    }

    @Test func `a mistake says which record it is, and nothing was done`() throws {
        let failure = #expect(throws: Failure.self) { try send(record("P", 3, 1) + PoolTree.page + record("X", 0, 1)) }
        #expect(failure?.errno == .invalidArgument && failure?.subject == .content)
        #expect(failure?.reason == "record 2: the operation is P, G or D")
        #expect(try tree.list("/p/pages") == [])
        #expect(throws: Failure.self) { try send(record("G", 0, 255) + [UInt8](repeating: 0, count: 3)) }
        let beyond = #expect(throws: Failure.self) { try send(record("G", 255, 2)) }
        #expect(beyond?.reason == "record 1: the device has 256 pages, the first being 0")
    }

    @Test func `it is an exchange and nothing else`() throws {
        let node = try tree.node("/p/batch")
        #expect(node.declaration.verbs == .append && node.declaration.content == .exchange)
        #expect(errno { () throws(Failure) in _ = try node.read() } == .notSupported)
        let level = try tree.node("/p/level")
        #expect(errno { () throws(Failure) in _ = try send(record("G", 0, 1), to: level) } == .notSupported)
        try tree.node("/p").remove(Caller())
        let gone = errno { () throws(Failure) in _ = try send(record("G", 0, 1), to: node) }
        #expect(gone == .operationNotSupportedByDevice)
    }
}
