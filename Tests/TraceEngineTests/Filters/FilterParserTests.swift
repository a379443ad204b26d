internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct FilterParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let kind: FilterError.Kind
        let position: Int
        let errno: Errno
        var testDescription: String { text.count > 40 ? String(text.prefix(40)) + "…" : text }

        init(_ text: String, _ kind: FilterError.Kind, _ position: Int, _ errno: Errno = .invalidArgument) {
            self.text = text
            self.kind = kind
            self.position = position
            self.errno = errno
        }
    }

    static let digits = String(repeating: "1", count: 24)

    /// Positions as Linux 6.18 gives them: most were recorded, the others follow from its parser.
    static let cases: [Case] = [
        Case("bogus == 1", .fieldNotFound, 6), Case("none", .fieldNotFound, 5), Case("CPUS{1}", .fieldNotFound, 5),
        Case("common_stacktrace == 1", .fieldNotFound, 18), Case("a5 == 1", .fieldNotFound, 3),
        Case("\u{E9} == 1", .fieldNotFound, 2), Case("a == 1 && x == 1", .fieldNotFound, 12),
        Case("a 5", .invalidOperator, 3), Case("a = 5", .invalidOperator, 3), Case("a => 5", .invalidOperator, 3),
        Case("a b == 1", .invalidOperator, 3), Case("a !> 1", .invalidOperator, 3), Case("a", .invalidOperator, 2),
        Case("a.bogus == 1", .invalidOperator, 2), Case("ip.function > schedule", .invalidOperator, 15),
        Case("a === 5", .invalidValue, 5), Case("a == five", .invalidValue, 6), Case("a == b", .invalidValue, 6),
        Case("a ==", .invalidValue, 5), Case("a == && b == 1", .invalidValue, 6), Case("a == +1", .invalidValue, 6),
        Case("ip.function == 0xzz", .invalidValue, 20), Case("d & (4)", .invalidValue, 5),
        Case("a ~ 5", .illegalFieldOperation, 5), Case("s < \"x\"", .illegalFieldOperation, 5),
        Case("s & \"x\"", .illegalFieldOperation, 5), Case("a.function == schedule", .illegalFieldOperation, 15),
        Case("s == CPUS{1}", .illegalFieldOperation, 6), Case("a > CPUS{1}", .illegalFieldOperation, 5),
        Case("stacktrace == CPUS{1}", .illegalFieldOperation, 15),
        Case("a ~ \"5\"", .expectDigit, 5), Case("common_pid == \"x\"", .expectDigit, 15),
        Case("stacktrace == 'x'", .expectDigit, 15), Case("list == 'x'", .expectDigit, 9),
        Case("s == 5", .expectString, 6), Case("comm == -1", .expectString, 9),
        Case("b == 18446744073709551616", .illegalInteger, 6), Case("b == -1", .illegalInteger, 6),
        Case("a == 0xzz", .illegalInteger, 6), Case("a == 08", .illegalInteger, 6), Case("a == -", .illegalInteger, 6),
        Case("a == 9223372036854775808", .illegalInteger, 6), Case("a == 1x", .illegalInteger, 6),
        Case("a == 0x", .illegalInteger, 6),
        Case("b == " + digits, .operandTooLong, 30), Case("ip.function == " + digits, .operandTooLong, 40),
        Case("s == \"" + String(repeating: "x", count: 256) + "\"", .operandTooLong, 263),
        Case("ip.function == schedule", .noFunction, 24), Case("ip.function != 0xffff", .noFunction, 22),
        Case("cpu & CPUS0", .missingBraceOpen, 12), Case("cpu & CPUS", .missingBraceOpen, 12),
        Case("cpu & CPUS{0", .missingBraceClose, 13), Case("cpu & CPUS{}", .invalidCPUList, 12),
        Case("cpu & CPUS{8}", .invalidCPUList, 13), Case("cpu & CPUS{3-1}", .invalidCPUList, 15),
        Case("cpu & CPUS{x}", .invalidCPUList, 13), Case("cpu & CPUS{1:2/0}", .invalidCPUList, 17),
        Case("a == 1 b == 2", .tooManyTerms, 7, .notPermitted), Case("a == 1;", .tooManyTerms, 6, .notPermitted),
        Case("a == 1 & b == 1", .tooManyTerms, 7, .notPermitted), Case("a == 1.5", .tooManyTerms, 6, .notPermitted),
        Case("a == 1 | b == 1", .tooManyTerms, 7, .notPermitted),
        Case("(a == 1) == 2", .tooManyTerms, 9, .notPermitted),
        Case("s == \"hello", .missingQuote, 5, .noSuchProcess), Case("\"", .missingQuote, 0, .noSuchProcess),
        Case("s == 'a\"", .missingQuote, 5, .noSuchProcess),
        Case("a == 1)", .tooManyClose, 6, .notPermitted), Case(")(", .tooManyClose, 0, .notPermitted),
        Case("(a == 1", .tooManyOpen, 0, .noSuchFileOrDirectory),
        Case("((a == 1", .tooManyOpen, 1, .noSuchFileOrDirectory),
        Case("(a == 1) && ((b == 1)", .tooManyOpen, 12, .noSuchFileOrDirectory),
        Case("!", .noFilter, 1), Case("(!", .tooManyOpen, 0, .noSuchFileOrDirectory), Case("!!", .noFilter, 2),
        Case("", .unnamed, 0), Case("()", .unnamed, 0), Case("  ", .unnamed, 0),
        Case("== 1", .unnamed, 0, .notPermitted), Case("&& a == 1", .unnamed, 0, .notPermitted),
        Case("a == 1 && && b == 1", .unnamed, 0, .notPermitted), Case("?", .unnamed, 0, .notPermitted),
        Case("(a == 1 &&)", .unnamed, 0, .notPermitted), Case("!= 1", .unnamed, 0, .notPermitted),
        // The kernel's program would jump back, and it refuses that without a word.
        Case("a == 1 || b == 2 &&", .unnamed, 0),
    ]

    @Test(arguments: cases) func `what is no filter is refused as the kernel does`(_ example: Case) {
        let error = #expect(throws: FilterError.self) { try FilterFixture.filter(example.text) }
        #expect(error == FilterError(example.kind, at: example.position, example.errno))
    }

    @Test func `every error of the kernel's list is tried`() {
        let tried = Set(Self.cases.map(\.kind))
        // What a system's events show is no error of the parser.
        #expect(FilterError.Kind.allCases.filter { !tried.contains($0) } == [.badSystemFilter])
    }

    @Test(arguments: [
        "a == 1 &&", "a == 1 ||", "a == 1 && b == 2 ||", "!a == 1", "!!(a == 1)", "a==5", " a == 5 ", "((((a == 1))))",
        "a == 1 && !", "s == ''", "s ~ \"\"", "s ~ \"!x*\"", "s.ustring == \"x\"", "p.ustring ~ 'x'", "cpu & CPUS{0-7}",
        "cpu == CPUS{all}", "a & CPUS{0-7:2/4}", "m != CPUS{N}", "stacktrace == 0", "list == 1",
        "b == 0xffffffffffffffff",
        "a == 99999999999", "a == -0", "common_cpu<1", "a\n==\t1\n", "\u{A0}a == 1", "s == \"(\"",
        "a == 1&&b == 2||d&4",
    ])
    func `what the kernel takes is taken`(_ text: String) throws {
        #expect(try latin(text).termCount > 0)
    }

    /// A filter in which U+00A0 is the byte that the kernel takes for white space.
    private func latin(_ text: String) throws(FilterError) -> Filter {
        let bytes = text.unicodeScalars.map { UInt8($0.value) }
        return try Filter(parsing: bytes.span, format: FilterFixture.format, cpus: FilterFixture.cpus)
    }

    @Test func `what stands behind a NUL does not count`() throws {
        #expect(try latin("a == 1\0)))").termCount == 1)
    }

    @Test func `names may be long, and parentheses deep, and terms many`() throws {
        let deep = String(repeating: "(", count: 64) + "a == 1" + String(repeating: ")", count: 64)
        #expect(try FilterFixture.matches(deep, .init(a: 1)))
        #expect(try !FilterFixture.matches("!" + deep, .init(a: 1)))
        let deeper = String(repeating: "!(", count: 1001) + "a == 1" + String(repeating: ")", count: 1001)
        #expect(try FilterFixture.matches(deeper, .init(a: 2)))
        let any = (0..<10_000).map { "a == \($0)" }.joined(separator: " || ")
        #expect(try FilterFixture.filter(any).termCount == 10_000)
        #expect(try FilterFixture.matches(any, .init(a: 9_999)))
        #expect(try !FilterFixture.matches(any, .init(a: 10_000)))
        let all = (0..<10_000).map { "(a != \($0) || b == 1)" }.joined(separator: " && ")
        #expect(try FilterFixture.matches(all, .init(a: 10_000)))
        #expect(try !FilterFixture.matches(all, .init(a: 9_999)))
        let name = String(repeating: "x", count: 4000)
        let error = #expect(throws: FilterError.self) { try FilterFixture.filter(name + " == 1") }
        #expect(error == FilterError(.fieldNotFound, at: 4001))
    }
}
