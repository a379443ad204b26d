internal import JITFSTestSupport
internal import Testing

@testable internal import TraceEngine

/// Random filters over random records, against an evaluator that walks the expression as a tree.
@Suite struct FilterSimulationTests {
    private typealias Record = FilterFixture.Record

    private indirect enum Expression {
        case term(String, @Sendable (Record) -> Bool)
        case not(Expression)
        case and([Expression])
        case or([Expression])

        func value(_ record: Record) -> Bool {
            switch self {
            case .term(_, let value): value(record)
            case .not(let inner): !inner.value(record)
            case .and(let parts): parts.allSatisfy { $0.value(record) }
            case .or(let parts): parts.contains { $0.value(record) }
            }
        }

        /// Written with no more parentheses than needed, so that precedence is tested.
        func text(_ generator: inout SeededGenerator) -> String {
            let space = generator.next() % 2 == 0 ? " " : ""
            switch self {
            case .term(let text, _): return text
            case .not(.term(let text, _)): return "!" + space + text
            case .not(let inner): return "!(" + inner.text(&generator) + ")"
            case .and(let parts):
                return parts.map { part in
                    if case .or = part { return "(" + part.text(&generator) + ")" }
                    return part.text(&generator)
                }.joined(separator: space + "&&" + space)
            case .or(let parts): return parts.map { $0.text(&generator) }.joined(separator: " ||" + space)
            }
        }
    }

    private static let words = ["", "a", "ab", "abc", "b", "ba", "hello", "help", "yellow", "a b", "low"]

    private func term(_ generator: inout SeededGenerator) -> Expression {
        func compare<Number: FixedWidthInteger & Sendable>(
            _ name: String, _ constant: Number, _ value: @escaping @Sendable (Record) -> Number
        ) -> Expression {
            let space = generator.next() % 2 == 0 ? " " : ""
            func text(_ operation: String) -> String { name + space + operation + space + "\(constant)" }
            switch generator.next() % 7 {
            case 0: return .term(text("=="), { value($0) == constant })
            case 1: return .term(text("!="), { value($0) != constant })
            case 2: return .term(text("<"), { value($0) < constant })
            case 3: return .term(text("<="), { value($0) <= constant })
            case 4: return .term(text(">"), { value($0) > constant })
            case 5: return .term(text(">="), { value($0) >= constant })
            default: return .term(text("&"), { value($0) & constant != 0 })
            }
        }
        func number<Number: FixedWidthInteger>(_: Number.Type) -> Number {
            [Number.min, 0, 1, 2, 3, 7, Number.max - 1, Number.max, Number(truncatingIfNeeded: -1)]
                .randomElement(using: &generator) ?? 0
        }
        func text(_ name: String, _ value: @escaping @Sendable (Record) -> String) -> Expression {
            let word = Self.words.randomElement(using: &generator) ?? ""
            switch generator.next() % 5 {
            case 0: return .term("\(name) == '\(word)'", { value($0) == word })
            case 1: return .term("\(name) != \"\(word)\"", { value($0) != word })
            case 2: return .term("\(name) ~ \"\(word)*\"", { value($0).hasPrefix(word) || word.isEmpty })
            case 3: return .term("\(name) ~ '*\(word)*'", { word.isEmpty || value($0).contains(word) })
            default:
                return .term(
                    "\(name) ~ '!\(word)?'",
                    {
                        let text = Array(value($0).utf8)
                        return !(text.count == word.utf8.count + 1 && text.starts(with: word.utf8))
                    })
            }
        }
        switch generator.next() % 9 {
        case 0: return compare("a", number(Int32.self)) { $0.a }
        case 1: return compare("b", number(UInt64.self)) { $0.b }
        case 2: return compare("d", number(UInt32.self)) { $0.d }
        case 3: return compare("e", number(Int8.self)) { $0.e }
        case 4: return compare("f", number(UInt16.self)) { $0.f }
        case 5: return compare("common_pid", number(Int32.self)) { $0.pid }
        case 6: return text("s") { $0.s }
        case 7: return text("r") { $0.r }
        default: return text("name") { $0.name }
        }
    }

    private func expression(_ depth: Int, _ generator: inout SeededGenerator) -> Expression {
        guard depth > 0 else { return term(&generator) }
        let parts = (0..<Int.random(in: 2...4, using: &generator)).map { _ in expression(depth - 1, &generator) }
        switch generator.next() % 4 {
        case 0: return .not(parts[0])
        case 1: return .and(parts)
        case 2: return .or(parts)
        default: return term(&generator)
        }
    }

    private func record(_ generator: inout SeededGenerator) -> Record {
        func number<Number: FixedWidthInteger>(_: Number.Type) -> Number {
            [Number.min, 0, 1, 2, 3, 7, Number.max - 1, Number.max, Number(truncatingIfNeeded: -1)]
                .randomElement(using: &generator) ?? 0
        }
        func word() -> String { Self.words.randomElement(using: &generator) ?? "" }
        return Record(
            pid: number(Int32.self), a: number(Int32.self), b: number(UInt64.self), s: word(), d: number(UInt32.self),
            e: number(Int8.self), f: number(UInt16.self), name: word(), r: word())
    }

    @Test func `a compiled filter says what the expression says`() throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            let expression = expression(4, &generator)
            let text = expression.text(&generator)
            let filter = try FilterFixture.filter(text)
            for _ in 0..<20 {
                let record = record(&generator)
                #expect(
                    filter.matches(record.bytes.span, cpu: 0, comm: "") == expression.value(record),
                    "seed \(seed): \(text) on \(record)")
            }
        }
    }

    @Test func `any text is a filter or says where it is none, and any filter takes any record`() throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "a", "b", "s", "name", "r", "m", "p", "list", "cpu", "comm", "==", "!=", "<", "~", "&", "&&", "||", "(",
            ")",
            "!", "'x*'", "\"*[a-", "\"", "5", "-1", "0x", "CPUS{", "0-7:2/3", "}", "\0", "\u{FF}", " ", ".ustring",
            ".function", "stacktrace", "?", "\\",
        ]
        var taken = 0
        for _ in 0..<4000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                text += Array((pieces.randomElement(using: &generator) ?? "").utf8)
                if generator.next() % 8 == 0 { text.append(UInt8.random(in: 0...255, using: &generator)) }
                if generator.next() % 3 == 0 { text.append(0x20) }
            }
            // Half of them begin as a filter does.
            if generator.next() % 2 == 0 { text = Array("a == 1 && ".utf8) + text }
            do throws(FilterError) {
                let filter = try Filter(parsing: text.span, format: FilterFixture.format, cpus: 3)
                taken += 1
                for length in [0, 5, 8, 30, 83, 100] {
                    let record = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    _ = filter.matches(record.span, cpu: 1, comm: "x")
                }
            } catch {
                #expect(error.position >= 0 && error.position <= text.count + 4, "seed \(seed): \(text)")
            }
        }
        #expect(taken > 0, "seed \(seed)")
    }
}
