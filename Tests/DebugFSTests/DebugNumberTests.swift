internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import DebugFS

/// What a write of each type comes to, at its limits; and its text, as Linux 6.18 prints it.
@Suite struct DebugNumberTests {
    private func text(_ written: String, as type: DebugType) throws(Failure) -> String {
        var out = ByteBuffer()
        out.append(text: try type.bits(of: written.utf8Span.span), of: type)
        return out.text
    }

    private func refusal(of written: String, as type: DebugType) -> Errno? {
        errno { () throws(Failure) in _ = try type.bits(of: written.utf8Span.span) }
    }

    @Test(arguments: [
        (DebugType.u8, "255", "255\n"), (.u16, "65535", "65535\n"), (.u32, "4294967295", "4294967295\n"),
        (.u64, "18446744073709551615", "18446744073709551615\n"),
        (.size, "18446744073709551615", "18446744073709551615\n"),
        (.ulong, "0", "0\n"), (.x8, "255", "0xff\n"), (.x8, "1", "0x01\n"), (.x16, "0xABC", "0x0abc\n"),
        (.x32, "0xdeadbeef", "0xdeadbeef\n"), (.x32, "10", "0x0000000a\n"), (.x64, "1", "0x0000000000000001\n"),
        (.x64, "18446744073709551615", "0xffffffffffffffff\n"), (.s8, "-128", "-128\n"), (.s8, "127", "127\n"),
        (.s16, "-32768", "-32768\n"), (.s16, "32767", "32767\n"), (.s32, "-2147483648", "-2147483648\n"),
        (.s32, "2147483647", "2147483647\n"), (.s64, "-9223372036854775808", "-9223372036854775808\n"),
        (.s64, "9223372036854775807", "9223372036854775807\n"), (.atomic, "-2147483648", "-2147483648\n"),
        (.atomic, "-0x10", "-16\n"), (.u8, "010", "8\n"), (.u8, "0x1F", "31\n"), (.u8, "0X1f\n", "31\n"),
        (.u8, "+7", "7\n"),
        (.u8, "0", "0\n"), (.u8, "0000000000000000000000000000000377", "255\n"), (.s8, "-0", "0\n"),
        (.s8, "+1\n", "1\n"),
    ])
    func `a number is read with its base and printed as its type`(_ type: DebugType, _ written: String, _ shown: String)
        throws
    {
        #expect(try text(written, as: type) == shown)
    }

    @Test(arguments: [
        (DebugType.u8, "256"), (.u16, "65536"), (.u32, "4294967296"), (.u64, "18446744073709551616"), (.x8, "0x100"),
        (.x16, "0x10000"), (.x32, "0x100000000"), (.x64, "0x10000000000000000"), (.s8, "128"), (.s8, "-129"),
        (.s16, "32768"), (.s16, "-32769"), (.s32, "2147483648"), (.s32, "-2147483649"), (.s64, "9223372036854775808"),
        (.s64, "-9223372036854775809"), (.atomic, "2147483648"), (.atomic, "-2147483649"),
        (.size, "99999999999999999999"),
        (.ulong, "02000000000000000000000"),
    ])
    func `a number that does not fit is out of range`(_ type: DebugType, _ written: String) {
        #expect(refusal(of: written, as: type) == .outOfRange)
    }

    @Test(arguments: [
        "", "\n", "x", "1x", " 1", "1 ", "1\n\n", "--1", "+-1", "0x", "0xg", "08", "1.5", "1e3", "true", "0b1",
        "\u{0}1", "+",
    ])
    func `what is no number is refused by every type of number`(_ written: String) {
        for type in DebugType.allCases where type.isNumber && type != .bool {
            #expect(refusal(of: written, as: type) == .invalidArgument, "\(type.name)")
        }
    }

    @Test func `a minus goes with signed types only`() {
        for type in DebugType.allCases where type.isNumber && type != .bool {
            #expect(refusal(of: "-1", as: type) == (type.isSigned ? nil : .invalidArgument), "\(type.name)")
        }
    }

    @Test(arguments: ["y", "Y", "yes", "t", "T", "true", "1", "1\n", "on", "On", "ON", "e", "E", "enable", "enabled"])
    func `a truth value is true`(_ written: String) throws { #expect(try text(written, as: .bool) == "Y\n") }

    @Test(arguments: ["n", "N", "no", "f", "F", "false", "0", "0\n", "of", "off", "OFF", "d", "D", "disable"])
    func `a truth value is false`(_ written: String) throws { #expect(try text(written, as: .bool) == "N\n") }

    @Test(arguments: ["", "\n", "2", "-1", "x", "o", "oh", " 1", "\u{11}", "\u{10}", "?"])
    func `what is no truth value is refused`(_ written: String) {
        #expect(refusal(of: written, as: .bool) == .invalidArgument)
    }

    @Test func `random numbers come out as they went in`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let type = try #require(
                DebugType.allCases.filter { $0.isNumber && $0 != .bool }.randomElement(using: &random))
            let bits = UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
            let number = type.isSigned ? String(Int64(bitPattern: bits)) : String(bits)
            let fits =
                type.isSigned
                ? Int64(bitPattern: bits) >> Int64(type.width - 1) == (Int64(bitPattern: bits) < 0 ? -1 : 0)
                : type.width == 64 || bits >> UInt64(type.width) == 0
            if fits {
                #expect(try type.bits(of: number.utf8Span.span) == bits, "\(type.name) \(number), seed \(seed)")
            } else {
                #expect(refusal(of: number, as: type) == .outOfRange, "\(type.name) \(number), seed \(seed)")
            }
        }
    }
}

/// What errno something fails with; nil where it does not.
func errno(of body: () throws(Failure) -> Void) -> Errno? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error.errno
    }
}
