internal import Testing

@testable internal import TraceEngine

@Suite struct FilterMatchingTests {
    private typealias Record = FilterFixture.Record

    @Test func `numbers are compared in the width and with the sign of their field`() throws {
        #expect(try FilterFixture.matches("a < 0 && a >= -5 && a != -4", Record(a: -5)))
        #expect(try FilterFixture.matches("e == -1 && e < 0 && e > -128", Record(e: -1)))
        #expect(try FilterFixture.matches("b > 9223372036854775807", Record(b: .max)))
        #expect(try FilterFixture.matches("f >= 65535 && f & 0x8000", Record(f: 65_535)))
        #expect(try FilterFixture.matches("d & 5", Record(d: 4)))
        #expect(try !FilterFixture.matches("d & 3", Record(d: 4)))
        #expect(try FilterFixture.matches("common_pid == 42 && a == 010 && d == 0x10", Record(a: 8, d: 16)))
        // A constant is cut to the field's width, as by a cast in C.
        #expect(try FilterFixture.matches("a == 4294967297", Record(a: 1)))
        #expect(try FilterFixture.matches("a < 4294967295", Record(a: -2)))
        #expect(try !FilterFixture.matches("list == 0", Record()))
        #expect(try !FilterFixture.matches("stacktrace == 0 || stacktrace != 0", Record()))
    }

    @Test func `the common fields are those that the record is given, not those of its bytes`() throws {
        let filter = try FilterFixture.filter("common_pid == 7 && common_type == 300 && common_flags == 0")
        let bytes = [UInt8](repeating: 0xFF, count: 83)
        let given = filter.matches(FilterSubject(bytes.span, common: CommonHeader.of(300, pid: 7), cpu: 0))
        let own = filter.matches(bytes.span, cpu: 0, comm: "")
        #expect((given, own) == (true, false))
    }

    @Test(arguments: [
        ("hello", "hello", true), ("hell", "hello", false), ("hello", "hell", false), ("", "", true),
        ("h*", "hello", true), ("*lo", "hello", true), ("*ll*", "hello", true), ("*", "", true), ("**", "x", true),
        ("*x*", "hello", false), ("h?llo", "hello", true), ("h[ae]llo", "hello", true), ("h[!ae]llo", "hello", false),
        ("h[a-f]l*", "hello", true), ("*e*l*", "hello", true), ("h*o", "hello", true), ("h*x", "hello", false),
        ("!h*", "hello", false), ("!x*", "hello", true), ("[]x]*", "]", true), ("[x", "[x", true), ("[^h]*", "^", true),
        ("h\\*", "h*", true), ("h\\*", "hx", false), ("HE*", "hello", false), ("ell", "hello", false), ("?", "", false),
        // What begins with a digit is no pattern.
        ("1*", "12", false), ("1*", "1*", true), ("*1", "21", true),
    ])
    func `a glob matches as the kernel's`(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
        #expect(try FilterFixture.matches("s ~ \"\(pattern)\"", Record(s: text)) == isMatch)
        #expect(try FilterFixture.matches("r ~ '\(pattern)'", Record(r: text)) == isMatch)
    }

    @Test func `text is compared up to its end, whole or not`() throws {
        #expect(try FilterFixture.matches("s == 'a b' && s != 'a'", Record(s: "a b")))
        #expect(try FilterFixture.matches("name == 'jitabc'", Record(name: "jitabc")))
        #expect(try FilterFixture.matches("name ~ 'jit*'", Record(name: "jitabc")))
        #expect(try FilterFixture.matches("name == '0123456789abcdef'", Record(name: "0123456789abcdef")))
        #expect(try !FilterFixture.matches("name == '0123456789abcdefg'", Record(name: "0123456789abcdef")))
        // The kernel looks for an ending before the last byte of the field, not of the text.
        #expect(try !FilterFixture.matches("name ~ '*abc'", Record(name: "jitabc")))
        #expect(try FilterFixture.matches("name ~ '*cde'", Record(name: "0123456789abcde")))
        #expect(try !FilterFixture.matches("p == '' || p != 'x' || p ~ '*'", Record()))
    }

    @Test func `a task and its CPU can be asked for`() throws {
        #expect(try FilterFixture.matches("comm == 'tester' && COMM ~ 'te*'", Record()))
        #expect(try !FilterFixture.matches("comm ~ '*ter'", Record()))
        #expect(try FilterFixture.matches("cpu == 3 && CPU >= 3 && common_cpu < 4", Record(cpu: 3)))
        #expect(try !FilterFixture.matches("cpu & 3", Record(cpu: 3)))
        #expect(try FilterFixture.matches("cpu & CPUS{2-4} && !(cpu & CPUS{0-1})", Record(cpu: 3)))
        #expect(try FilterFixture.matches("cpu & CPUS{3} && cpu == CPUS{3}", Record(cpu: 3)))
        #expect(try !FilterFixture.matches("cpu == CPUS{2-4}", Record(cpu: 3)))
        #expect(try FilterFixture.matches("cpu != CPUS{2-4}", Record(cpu: 3)))
        #expect(try FilterFixture.matches("d & CPUS{0-7:1/3}", Record(d: 6)))
        #expect(try !FilterFixture.matches("d & CPUS{0-7:1/3} || d != CPUS{0-1} || d == CPUS{0-1}", Record(d: 8)))
        #expect(try FilterFixture.matches("d != CPUS{0-1}", Record(d: 0)))
    }

    @Test func `sets of CPUs are compared as sets`() throws {
        #expect(try FilterFixture.matches("m == CPUS{0,2} && m & CPUS{2-3} && m & CPUS{2}", Record(mask: 5)))
        #expect(try FilterFixture.matches("m != CPUS{0-2} && !(m & CPUS{1}) && m != CPUS{0}", Record(mask: 5)))
        #expect(try FilterFixture.matches("m == CPUS{1}", Record(mask: 2)))
        // A CPU that is not there is in no set.
        #expect(try FilterFixture.matches("m == CPUS{1}", Record(mask: 0x102)))
        #expect(try FilterFixture.matches("m == CPUS{all}", Record(mask: 0xFF)))
    }

    @Test func `what is cut off a record reads as zero`() throws {
        for text in ["a == 0", "b == 0", "s == ''", "name ~ '*'", "r == 'x'", "m == CPUS{,}", "d & CPUS{0,1}"] {
            let filter = try FilterFixture.filter(text)
            for count in 0...9 { _ = filter.matches([UInt8](repeating: 0, count: count).span, cpu: 0, comm: "") }
        }
        let isMatch = try FilterFixture.filter("a == 0 && b == 0 && s == ''").matches([UInt8]().span, cpu: 0, comm: "")
        #expect(isMatch)
    }
}
