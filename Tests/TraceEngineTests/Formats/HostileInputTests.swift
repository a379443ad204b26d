internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Testing
internal import TraceEngine

/// Random damage to everything that strangers can send; the seed is printed with a failure and replayed from `SEED`.
struct HostileInputTests {
    private let seed: UInt64 =
        unsafe getenv("SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 0x6A69_7466_7331

    /// Formats of every kind of print fmt, longest tables included.
    private func formats() throws -> [EventFormat] {
        try stride(from: 0, to: CatalogueFile.linux.entries.count, by: 7).map { index in
            try CatalogueFile.linux.format(of: CatalogueFile.linux.entries[index])
        }
    }

    private func bytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        // Mostly small and extreme bytes: they hit offsets, lengths and table entries.
        (0..<count).map { _ in
            switch generator.next() % 4 {
            case 0: 0
            case 1: UInt8.random(in: 0...16, using: &generator)
            case 2: 0xFF
            default: UInt8.random(in: 0...255, using: &generator)
            }
        }
    }

    @Test func `any record can be shown`() throws {
        var generator = SeededGenerator(seed: seed)
        var out = ByteBuffer()
        for format in try formats() {
            for length in [0, 3, 8, format.fixedSize, format.fixedSize + 64] {
                for _ in 0..<4 {
                    let record = bytes(length, &generator)
                    out.removeAll()
                    format.print.append(record.span, to: &out)
                    #expect(out.count < 1 << 20, "seed \(seed), \(format.name)")
                    PrintFormat(showing: format.fields).append(record.span, to: &out)
                    out.removeAll()
                    format.append(fields: record.span, to: &out)
                    let text = out.text
                    #expect(throws: Never.self, "seed \(seed), \(format.name): \(text)") {
                        try JSONReader.document(text.utf8Span.span)
                    }
                }
            }
        }
    }

    @Test func `a damaged format parses or says why, and what parses shows any record`() throws {
        var generator = SeededGenerator(seed: seed)
        var out = ByteBuffer()
        let pieces = [
            "(", ")", "\"", "->", "REC", "{", "}", ",", "%*d", "%s", "({", "*", "?", ":", "[0]", "-1", "u64", ";",
        ]
        let catalogue = CatalogueFile.linux
        for entry in catalogue.entries where generator.next() % 5 == 0 {
            var text = [UInt8](copying: catalogue.formatText(of: entry))
            guard text.count < 3000 else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch generator.next() % 3 {
                case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: text.remove(at: place)
                default: text.insert(contentsOf: Array(pieces.randomElement(using: &generator)!.utf8), at: place)
                }
            }
            let record = bytes(100, &generator)
            let damaged = text
            out.removeAll()
            do throws(FormatError) {
                let format = try EventFormat(parsing: damaged.span)
                try EventFormat.validate(damaged.span)
                format.print.append(record.span, to: &out)
            } catch {
                #expect(throws: error, "seed \(seed)") { try EventFormat.validate(damaged.span) }
            }
        }
    }

    @Test func `deep, long and exploding expressions are refused`() {
        let deep = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
        let minus = String(repeating: "-", count: 100_000) + "1"
        let long = "REC->a" + String(repeating: "+REC->a", count: 100_000)
        let conditions = String(repeating: "REC->a ? 1 : ", count: 10_000) + "2"
        var exploding = "({ int x0 = REC->a; "
        for index in 1...60 { exploding += "int x\(index) = x\(index - 1) + x\(index - 1); " }
        exploding += "x60; })"
        let field = EventField(name: "a", type: "int", offset: 8, size: 4, isSigned: true, shape: .number)
        for expression in [deep, minus, long, conditions, exploding] {
            #expect(throws: FormatError.self) {
                try PrintFormat(compiling: Array(#""%d", \#(expression)"#.utf8), fields: [field])
            }
        }
    }

    @Test func `widths end at a bound`() throws {
        let field = EventField(name: "a", type: "int", offset: 8, size: 4, isSigned: true, shape: .number)
        let text =
            #""%*d %-*d %.*d %99999999999d %*pbl %*ph %.99999s", REC->a, 1, REC->a, 1, REC->a, 1, 1, REC->a, 1, REC->a, 1, "x""#
        let format = try PrintFormat(compiling: Array(text.utf8), fields: [field])
        for value in [Int32.max, Int32.min, -1] {
            var record = [UInt8](repeating: 0, count: 12)
            for index in 0..<4 { record[8 + index] = UInt8(truncatingIfNeeded: value >> Int32(index * 8)) }
            var out = ByteBuffer()
            format.append(record.span, to: &out)
            #expect(out.count < 7 * PrintFormat.widthMax)
        }
    }

    @Test func `damaged definitions, injections and catalogues are refused or taken, never more`() throws {
        var generator = SeededGenerator(seed: seed)
        let format = try CatalogueFile.format("jit/ping", in: CatalogueFile.jit)
        let definition = Array("u:shop/order u64 id; char[16] sku; __data_loc char[] note; struct x y 4".utf8)
        let injection = Array(#"a=-5 b=0x7 s="hello\"" d=1"#.utf8)
        for _ in 0..<5000 {
            var texts = [definition, injection]
            for index in texts.indices {
                for _ in 0..<Int.random(in: 1...5, using: &generator) {
                    let place = Int.random(in: 0..<texts[index].count, using: &generator)
                    texts[index][place] = [0x20, 0x22, 0x5C, 0x3B, 0x5B, 0x3D, 0x30, 0xFF, 0, 0x61].randomElement(
                        using: &generator)!
                }
            }
            let (defined, injected) = (texts[0], texts[1])
            do {
                let made = try UserEventDefinition(parsing: defined.span)
                let again = try UserEventDefinition(parsing: made.text.utf8Span.span)
                #expect(again == made, "seed \(seed)")
                #expect(try made.format(id: 1).printProblem == nil)
            } catch is UserEventDefinition.Problem {}
            do throws(RecordError) {
                let record = try format.encode(injected: injected.span, common: RecordCommon(type: 1, pid: 1))
                _ = RecordFixture.text(format, record)
            } catch {}
        }
        for _ in 0..<50 {
            var text = CatalogueFile.read("jit.events")
            for _ in 0..<5 {
                text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let catalogue = CatalogueText(text)
            for entry in catalogue.entries { _ = try catalogue.format(of: entry).print }
        }
    }
}
