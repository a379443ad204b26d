internal import Bytes
internal import JITFSTestSupport
internal import Testing

@testable internal import PagePool

@Suite struct PageFamiliesTests {
    private func page(_ values: ClosedRange<UInt8>, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<4096).map { _ in UInt8.random(in: values, using: &random) }
    }

    private static let kinds: [ClosedRange<UInt8>] = [0...30, 60...120, 128...255]

    @Test func `pages of other bytes are other families`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let pages = (0..<60).map { page(Self.kinds[$0 % 3], &random) }
        var dice = Dice(seed: seed)
        let families = PageFamilies(
            of: pages.map { PageProfile($0.span) }, countMax: 3, membersMin: 4, dice: &dice)
        #expect(families.count == 3, "SEED=\(seed)")
        let found = pages.map { families.family(of: $0.span) }
        for index in pages.indices { #expect(found[index] == found[index % 3], "SEED=\(seed)") }
        #expect(Set(found) == [0, 1, 2], "SEED=\(seed)")
    }

    @Test func `families are no more than asked for, and none is too small`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var pages = (0..<20).map { _ in page(0...255, &random) }
        pages.append(page(7...7, &random))
        for countMax in 1...8 {
            var dice = Dice(seed: seed)
            let profiles = pages.map { PageProfile($0.span) }
            let families = PageFamilies(of: profiles, countMax: countMax, membersMin: 3, dice: &dice)
            #expect((1...countMax).contains(families.count), "SEED=\(seed)")
            var members = [Int](repeating: 0, count: families.count)
            for page in pages { members[families.family(of: page.span)] += 1 }
            #expect(members.allSatisfy { $0 >= 3 }, "SEED=\(seed)")
        }
    }

    @Test func `pages that are all the same are one family, and so are too few`() {
        var dice = Dice(seed: 1)
        let same = [PageProfile](repeating: PageProfile([UInt8](repeating: 5, count: 4096).span), count: 40)
        #expect(PageFamilies(of: same, countMax: 8, membersMin: 2, dice: &dice).count == 1)
        #expect(PageFamilies(of: Array(same.prefix(3)), countMax: 8, membersMin: 2, dice: &dice).count == 1)
        #expect(PageFamilies(of: [], countMax: 8, membersMin: 2, dice: &dice).count == 1)
        #expect(PageFamilies().family(of: [UInt8](repeating: 5, count: 4096).span) == 0)
    }

    @Test func `a profile counts 512 bytes, those of each place in a word alike`() {
        let page = (0..<4096).map { UInt8(truncatingIfNeeded: $0 % 8 * 32) }
        let counts = PageProfile(page.span).counts
        #expect(counts.sum() == 512)
        for place in 0..<8 { #expect(counts[place * 2] == 64) }
    }
}
