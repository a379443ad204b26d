internal import PseudoFS
internal import Testing

@Suite struct StatisticsFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    @Test func `an empty pool has zram's columns, all zero`() throws {
        #expect(
            try tree.cat("/p/mm_stat")
                == "       0        0        0        0        0        0        0        0        0\n")
        #expect(try tree.cat("/p/io_stat") == "       0        0        0        0\n")
    }

    @Test func `what is stored is counted by kind`() throws {
        var noise = SystemRandomNumberGenerator()
        try tree.put(PoolTree.page, "/p/pages/0")
        try tree.put(PoolTree.zeros, "/p/pages/1")
        try tree.put((0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &noise) }, "/p/pages/2")
        let columns = try tree.cat("/p/mm_stat").split(separator: " ").map { Int($0.filter(\.isNumber)) ?? -1 }
        #expect(columns.count == 9)
        #expect(columns[0] == 3 * 4096)
        #expect(columns[1] > 4096 && columns[1] < 3 * 4096)
        #expect(columns[2] % 4096 == 0 && columns[2] > columns[1])
        #expect(columns[4] == columns[2])
        #expect(columns[5...].elementsEqual([1, 0, 1, 1]))
    }

    @Test func `failures and discards are counted`() throws {
        _ = errno { () throws(Failure) in try tree.put([1, 2, 3], "/p/pages/0") }
        _ = errno { () throws(Failure) in try tree.put(PoolTree.page, "/p/pages/9999") }
        try tree.node("/p/pages/0").remove(Caller())
        #expect(try tree.cat("/p/io_stat") == "       0        0        2        1\n")
    }

    @Test func `the histogram has a row for each size, and one for what is kept as it is`() throws {
        try tree.put(PoolTree.page, "/p/pages/0")
        let rows = try tree.cat("/p/histogram").split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.count == 17)
        #expect(rows.first?.first == "0-255")
        #expect(rows[15].first == "3840-4095")
        #expect(rows.last?.first == "4096-4096")
        #expect(rows.compactMap { $0.last.flatMap { Int($0) } }.reduce(0, +) == 1)
    }
}
