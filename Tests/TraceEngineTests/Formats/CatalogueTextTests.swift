internal import Bytes
internal import Testing
internal import TraceEngine

struct CatalogueTextTests {
    @Test func `the catalogue of Linux 6_18 has 2323 events and no problem`() {
        #expect(CatalogueFile.linux.entries.count == 2323)
        #expect(CatalogueFile.linux.problems == [])
    }

    @Test func `every format of the catalogue parses and every print fmt compiles`() throws {
        var degraded: [String] = []
        for entry in CatalogueFile.linux.entries {
            let format = try CatalogueFile.linux.format(of: entry)
            #expect(format.name == CatalogueFile.linux.name(of: entry))
            #expect(format.commonFields.count >= 4)
            if let problem = format.printProblem {
                degraded.append("\(format.name): \(problem.reason) at \(problem.offset)")
            }
        }
        #expect(degraded == [])
    }
}
