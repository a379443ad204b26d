internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import KernelTracing

@Suite struct KernelPageTests {
    private func parse(_ bytes: [UInt8]) throws -> KernelPage {
        var page = KernelPage()
        page.parse(bytes.span, try PageBuilder.layout)
        return page
    }

    @Test func `times are added up, and told anew where they do not fit`() throws {
        var builder = PageBuilder(at: 1000)
        builder.record(type: 5, pid: 1)
        builder.record(type: 6, pid: 2, after: 30, flags: 0x0201)
        builder.extend(by: 1 << 40)
        builder.record(type: 7, pid: -1, after: 7)
        builder.absolute(500)
        builder.record(type: 8, pid: 4)
        let page = try parse(builder.bytes)
        #expect(page.records.map(\.timestamp) == [1000, 1030, 1037 + 1 << 40, 500])
        #expect(page.records.map(\.type) == [5, 6, 7, 8])
        #expect(page.records.map(\.pid) == [1, 2, -1, 4])
        #expect(page.records[1].flags == 0x0201)
        #expect(page.endTime == 500)
        #expect(!page.isDamaged && page.loss == .none)
    }

    @Test func `an absolute time has the high bits of the time before it`() throws {
        let last: UInt64 = 3 << 60 | 1 << 58
        var builder = PageBuilder(at: last)
        builder.absolute((last + 9) & (1 << 59 - 1))
        builder.record(type: 5, pid: 1)
        builder.absolute(4)
        builder.record(type: 5, pid: 1)
        #expect(try parse(builder.bytes).records.map(\.timestamp) == [last + 9, 3 << 60 | 1 << 59 | 4])
    }

    @Test func `long records, discarded ones and the padding at the end are told apart`() throws {
        var builder = PageBuilder(at: 1)
        builder.record(type: 5, pid: 1, fields: [UInt8](repeating: 7, count: 1000), isLong: true)
        builder.padding(40)
        builder.record(type: 6, pid: 1, after: 3, fields: [1, 2, 3, 4])
        builder.padding(4080 - builder.data.count - 8)
        let page = try parse(builder.bytes)
        #expect(page.records.map(\.bytes.count) == [1008, 12])
        #expect(page.records.map(\.timestamp) == [1, 4])
        #expect(!page.isDamaged)
        #expect(builder.data.count == 4080)
    }

    @Test func `what was lost before a page is told with its number, or without`() throws {
        var builder = PageBuilder(at: 1)
        builder.record(type: 5, pid: 1)
        builder.lose(2448)
        #expect(try parse(builder.bytes).loss == .some(2448))
        builder.lose(nil)
        let page = try parse(builder.bytes)
        #expect(page.loss == .unknown)
        #expect(page.records.count == 1)
    }

    @Test func `a page that says it is longer than it is gives nothing`() throws {
        var builder = PageBuilder(at: 1)
        builder.record(type: 5, pid: 1)
        builder.commitBits = 4080
        let page = try parse(builder.bytes)
        #expect(page.isDamaged && page.records.isEmpty)
        #expect(try parse([]).isDamaged)
        #expect(try parse(Array(builder.bytes[..<10])).isDamaged)
        #expect(try parse(Array(builder.bytes[..<20])).isDamaged)
    }

    @Test(arguments: [UInt64(0), 1, 2, 3, 4085, 0xFFFF_FFFF])
    func `a record of a length that cannot be ends the page, and those before it are good`(_ length: UInt64) throws {
        var builder = PageBuilder(at: 1)
        builder.record(type: 5, pid: 1)
        builder.word(9 << 5)
        builder.word(length)
        builder.data += [UInt8](repeating: 1, count: 64)
        let page = try parse(builder.bytes)
        #expect(page.isDamaged)
        #expect(page.records.count == 1)
    }

    @Test func `any bytes are taken apart without harm`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let layout = try PageBuilder.layout
        var page = KernelPage()
        for _ in 0..<2000 {
            var bytes = [UInt8](repeating: 0, count: Int.random(in: 0...4200, using: &random))
            for index in bytes.indices {
                bytes[index] = Bool.random(using: &random) ? 0 : UInt8.random(in: 0...255, using: &random)
            }
            // Mostly a length that may be, so that what follows is looked at.
            if bytes.count >= 16, Bool.random(using: &random) {
                let used = UInt64.random(in: 0...4090, using: &random)
                bytes.replaceSubrange(8..<16, with: PageBuilder.bytes(used, 8))
            }
            page.parse(bytes.span, layout)
            var end = 16
            for record in page.records {
                #expect(record.bytes.lowerBound >= end + 4 && record.bytes.count >= 8, "SEED=\(seed)")
                end = record.bytes.upperBound
            }
            #expect(end <= max(bytes.count, 16), "SEED=\(seed)")
        }
    }
}
