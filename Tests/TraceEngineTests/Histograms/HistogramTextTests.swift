internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// What the files `hist` and `trigger` show, to the byte.
@Suite struct HistogramTextTests {
    private let fixture: HistogramFixture

    init() throws { fixture = try HistogramFixture() }

    @Test func `a histogram counts hits and sums a value under each key`() throws {
        try fixture.trigger("hist:keys=a:vals=b")
        for (a, b) in [(1, 10), (2, 5), (2, 6)] as [(Int32, UInt64)] {
            try fixture.fire {
                $0.a = a
                $0.b = b
            }
        }
        #expect(
            fixture.text() == """
                # event histogram
                #
                # trigger info: hist:keys=a:vals=hitcount,b:sort=hitcount:size=2048 [active]
                #

                { a:          1 } hitcount:          1  b:         10
                { a:          2 } hitcount:          2  b:         11

                Totals:
                    Hits: 3
                    Entries: 2
                    Dropped: 0

                """)
        #expect(fixture.triggers() == ["hist:keys=a:vals=hitcount,b:sort=hitcount:size=2048 [active]"])
        #expect(try fixture.trace() == [])
    }

    @Test func `an event without a histogram has an empty file, and one of each of several`() throws {
        #expect(fixture.text() == "")
        try fixture.trigger("hist:keys=a")
        try fixture.trigger("hist:keys=who if a == 1")
        #expect(
            fixture.text() == """
                # event histogram
                #
                # trigger info: hist:keys=a:vals=hitcount:sort=hitcount:size=2048 [active]
                #


                Totals:
                    Hits: 0
                    Entries: 0
                    Dropped: 0


                # event histogram
                #
                # trigger info: hist:keys=who:vals=hitcount:sort=hitcount:size=2048 if a == 1 [active]
                #


                Totals:
                    Hits: 0
                    Entries: 0
                    Dropped: 0

                """)
    }

    @Test(arguments: [
        ("a", "a:          7"), ("a.hex", "a: 7"), ("b.log2", "b: ~ 2^5 "), ("b.buckets=10", "b: ~ 20-29"),
        ("b.bucket=10", "b: ~ 20-29"), ("e", "e: 18446744073709551613"), ("e.hex", "e: fffffffffffffffd"),
        ("common_pid", "common_pid:         42"), ("common_pid.execname", "common_pid: tester          [        42]"),
        ("common_cpu", "common_cpu:          1"), ("cpu", "common_cpu:          1"),
        ("name", "name: till" + String(repeating: " ", count: 46)),
        ("s", "s: hello" + String(repeating: " ", count: 45)), ("r", "r: there" + String(repeating: " ", count: 45)),
        ("common_comm", "common_comm: tester" + String(repeating: " ", count: 44)),
        ("comm", "common_comm: tester" + String(repeating: " ", count: 44)),
        ("b.syscall", "b: unknown_syscall               [ 23]"),
        ("b.sym", "b: [17] 0x17" + String(repeating: " ", count: 41)),
        ("b.sym-offset", "b: [17] 0x17" + String(repeating: " ", count: 51)),
        ("a,b", "a:          7, b:         23"),
        ("a,s,b", "a:          7, s: hello" + String(repeating: " ", count: 45) + ", b:         23"),
        ("a+b", "a+b:         30"), ("common_timestamp", "common_timestamp:    5000000"),
        ("common_timestamp.usecs", "common_timestamp:       5000"), ("p", "p:          0"),
    ])
    func `a key is shown by its kind and its modifier`(_ keys: String, _ shown: String) throws {
        try fixture.trigger("hist:keys=\(keys)")
        try fixture.fire(lane: 1, at: 5_000_000) {
            $0.a = 7
            $0.b = 23
            $0.e = -3
            $0.s = "hello"
            $0.r = "there"
            $0.name = "till"
        }
        #expect(fixture.entries().first == "{ \(shown) } hitcount:          1")
    }

    @Test(arguments: [
        (0, "~ 2^0 "), (1, "~ 2^0 "), (2, "~ 2^1 "), (3, "~ 2^2 "), (4, "~ 2^2 "), (5, "~ 2^3 "), (1 << 40, "~ 2^40"),
        (UInt64.max, "~ 2^64"),
    ])
    func `log2 is the next power of two`(_ value: UInt64, _ shown: String) throws {
        try fixture.trigger("hist:keys=b.log2")
        try fixture.fire { $0.b = value }
        #expect(fixture.entries().first == "{ b: \(shown) } hitcount:          1")
    }

    @Test func `there are no stacks: all records have the same, without an address`() throws {
        try fixture.trigger("hist:keys=stacktrace")
        try fixture.fire { _ in }
        try fixture.fire { $0.a = 3 }
        #expect(fixture.triggers() == ["hist:keys=common_stacktrace:vals=hitcount:sort=hitcount:size=2048 [active]"])
        #expect(fixture.text().contains("\n{ common_stacktrace:\n} hitcount:          2\n"))
    }

    @Test func `values are shown in hexadecimal, as a part of all, and as a bar`() throws {
        try fixture.trigger("hist:keys=a:vals=hitcount,hitcount.percent,b.hex:sort=a")
        try fixture.trigger("hist:keys=a:vals=b.graph,hitcount.graph:sort=a:nohitcount")
        for (a, b) in [(1, 0xABC), (2, 1), (2, 0x55D)] as [(Int32, UInt64)] {
            try fixture.fire {
                $0.a = a
                $0.b = b
            }
        }
        #expect(
            fixture.entries() == [
                "{ a:          1 } hitcount:          1  hitcount (%):  33.33  b:        abc",
                "{ a:          2 } hitcount:          2  hitcount (%):  66.66  b:        55e",
                "    Hits: 3", "    Entries: 2", "    Dropped: 0",
                "{ a:          1 }  b: ####################  hitcount: ##########          ",
                "{ a:          2 }  b: ##########            hitcount: ####################",
                "    Hits: 3", "    Entries: 2", "    Dropped: 0",
            ])
        #expect(
            fixture.triggers() == [
                "hist:keys=a:vals=hitcount,hitcount.percent,b.hex:sort=a:size=2048 [active]",
                "hist:keys=a:vals=b.graph,hitcount.graph:sort=a:size=2048:nohitcount [active]",
            ])
    }

    @Test(arguments: [
        ("hitcount", ["3", "1", "2"]), ("hitcount.descending", ["2", "1", "3"]), ("a", ["1", "2", "3"]),
        ("a.descending", ["3", "2", "1"]), ("b,a.descending", ["2", "1", "3"]), ("b.descending,a", ["3", "1", "2"]),
    ])
    func `entries are sorted by one or two fields`(_ sort: String, _ order: [String]) throws {
        try fixture.trigger("hist:keys=a:vals=b:sort=\(sort)")
        for (a, b, times) in [(1, 6, 2), (2, 4, 3), (3, 30, 1)] as [(Int32, UInt64, Int)] {
            for _ in 0..<times {
                try fixture.fire {
                    $0.a = a
                    $0.b = b
                }
            }
        }
        let keys = fixture.entries().prefix(3).map { $0.split(separator: " ")[2] }
        #expect(keys.map(String.init) == order)
    }

    @Test func `signed keys are sorted by their sign, and texts by their bytes`() throws {
        try fixture.trigger("hist:keys=e:sort=e")
        try fixture.trigger("hist:keys=s:sort=s.descending")
        for (e, s) in [(3, "b"), (-2, ""), (-1, "ab"), (0, "a")] as [(Int8, String)] {
            try fixture.fire {
                $0.e = e
                $0.s = s
            }
        }
        let reports = fixture.instance.histograms(of: fixture.event("ping"))
        #expect(reports[0].entries.map(\.keys[0].cell) == [.signed(-2), .signed(-1), .signed(0), .signed(3)])
        #expect(
            reports[1].entries.map(\.keys[0].cell) == ["b", "ab", "a", ""].map { .text(Array($0.utf8)) })
    }

    @Test func `a long text is cut, and so is one without a NUL`() throws {
        try fixture.trigger("hist:keys=s")
        try fixture.trigger("hist:keys=name")
        let long = String(repeating: "x", count: 300)
        try fixture.fire {
            $0.s = long
            $0.name = "0123456789abcdef"
        }
        let reports = fixture.instance.histograms(of: fixture.event("ping"))
        #expect(reports[0].entries[0].keys[0].cell == .text(Array(long.utf8.prefix(255))))
        #expect(reports[1].entries[0].keys[0].cell == .text(Array("0123456789abcde".utf8)))
    }

    @Test func `programs get keys, values and totals`() throws {
        try fixture.trigger("hist:keys=b.log2,b.buckets=5,b:vals=e,hitcount.percent:size=100")
        try fixture.fire {
            $0.b = 12
            $0.e = -4
        }
        let report = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        #expect(
            report.trigger
                == "hist:keys=b.log2,b.buckets=5,b:vals=hitcount,e,hitcount.percent:sort=hitcount:size=128 [active]")
        #expect(!report.isPaused)
        #expect(report.size == 128)
        #expect(report.hits == 1)
        #expect(report.drops == 0)
        let entry = try #require(report.entries.first)
        #expect(entry.keys.map(\.name) == ["b", "b.buckets", "b.again"])
        #expect(entry.keys.map(\.cell) == [.range(9, 16), .range(10, 14), .unsigned(12)])
        #expect(entry.values.map(\.name) == ["hitcount", "e", "hitcount.percent"])
        #expect(entry.values.map(\.cell) == [.unsigned(1), .signed(-4), .unsigned(1)])
    }
}
