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

    @Test func `an entry knows its names, its line and its text`() throws {
        let catalogue = CatalogueFile.jit
        #expect(catalogue.problems == [])
        #expect(
            catalogue.entries.map { "\(catalogue.system(of: $0))/\(catalogue.name(of: $0))" } == [
                "jit/ping", "jit/pong", "jit/spare",
            ])
        #expect(catalogue.entries.map(\.line) == [1, 18, 35])
        let text = String(repairing: catalogue.formatText(of: catalogue.entries[1]))
        #expect(text.hasPrefix("name: pong\nID: 2327\n"))
        #expect(text.hasSuffix("REC->d\n"))
    }

    @Test func `what cannot be used is listed with its line, and the rest is kept`() throws {
        let sound = CatalogueFile.read("jit.events")
        var lines = String(decoding: sound, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        lines[9] = "\tfield:s32 a;\toffset:x;"
        lines[18] = "name: pang"
        let text =
            "stray\n# a comment\n" + lines.joined(separator: "\n") + "\n" + String(decoding: sound, as: UTF8.self)
        let catalogue = CatalogueText(Array(text.utf8))
        #expect(catalogue.entries.map { catalogue.name(of: $0) } == ["spare", "ping", "pong"])
        #expect(catalogue.problems.map(\.line) == [1, 12, 21, 89])
        #expect(catalogue.problems.map(\.reason).contains("jit/spare is in line 37 already"))
    }

    @Test func `an empty file has no events and no problems`() {
        #expect(CatalogueText([]).entries == [])
        #expect(CatalogueText(Array("\n\n".utf8)).problems == [])
    }
}
