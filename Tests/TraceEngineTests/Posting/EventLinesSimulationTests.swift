internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// Random lines, right and wrong, taken the lean way and the general way: nobody may notice which.
@Suite struct EventLinesSimulationTests {
    private let seed = Seed.next()

    private static let values = [
        "0", "1", "-1", "42", "127", "128", "-128", "-129", "255", "256", "32767", "-32769", "65535", "65536",
        "2147483647", "-2147483648", "4294967295", "4294967296", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "00", "01", "-0", "1.0", "1e2", "+1", "0x10", "true", "false",
        "null", "\"\"", "\"7\"", "\"-7\"", "\"007\"", "\"0x1f\"", "\"1 \"", "\"abc\"", "\"a\\\"b\"", "\"a\\u00e9\"",
        "\"é\"", "\"abcdefghijk\"", "\"\\ud800\"", "\"0a0b0c\"", "\"0a0b0c0d0e\"", "[]", "[1,2]", "[1,-2]", "{}",
        "{\"a\":1}", "\"", "", "tru", "\"\u{7F}\"", "\"\u{1}\"",
    ]
    private static let names = [
        "id", "qty", "sku", "note", "a", "b", "c", "d", "e", "tag", "list", "x", "raw", "p", "last", "i", "idd", "",
        "i\\u0064",
    ]
    private static let events = [
        "shop/order", "shop/odd", "shop/tick", "shop/bytes", "shop/none", "shop", "ftrace/print", "/", "",
    ]

    private func pick(_ list: [String], _ generator: inout SeededGenerator) -> String {
        list[Int(generator.next() % UInt64(list.count))]
    }

    private func space(_ generator: inout SeededGenerator) -> String {
        generator.next() % 12 == 0 ? pick([" ", "\t", "  ", "\r"], &generator) : ""
    }

    /// Values that are right more often than not: others would hide what stands behind them.
    private func fields(_ generator: inout SeededGenerator) -> String {
        let isOrder = generator.next() % 2 == 0
        let usual =
            isOrder
            ? [("id", "42"), ("qty", "-7"), ("sku", "\"A-1\""), ("note", "\"two cups\"")]
            : [
                ("a", "-8"), ("b", "200"), ("c", "-300"), ("d", "300"), ("e", "\"-5\""), ("tag", "\"t\""),
                ("x", "\"xyz\""),
            ]
        var members: [String] = []
        for (name, value) in usual where generator.next() % 4 != 0 {
            let name = generator.next() % 30 == 0 ? pick(Self.names, &generator) : name
            let value = generator.next() % 6 == 0 ? pick(Self.values, &generator) : value
            members.append("\(space(&generator))\"\(name)\"\(space(&generator)):\(space(&generator))\(value)")
        }
        if generator.next() % 5 == 0 { members.shuffle(using: &generator) }
        return "{" + members.joined(separator: ",") + space(&generator) + "}"
    }

    private func line(_ generator: inout SeededGenerator) -> [UInt8] {
        let event =
            generator.next() % 4 == 0 ? pick(Self.events, &generator) : pick(["shop/order", "shop/odd"], &generator)
        var members = ["\"event\":\(space(&generator))\"\(event)\""]
        if generator.next() % 8 != 0 { members.append("\"fields\":\(fields(&generator))") }
        for name in ["timestamp_ns", "cpu", "pid", "colour"] where generator.next() % (name == "colour" ? 40 : 6) == 0 {
            let value = generator.next() % 3 == 0 ? pick(Self.values, &generator) : "\(generator.next() % 3)"
            members.append("\"\(name)\":\(value)")
        }
        if generator.next() % 5 == 0 {
            members.append(
                "\"comm\":" + pick(["\"a\"", "\"b\"", "\"é\"", "\"a very long name of a task\"", "7"], &generator))
        }
        if generator.next() % 4 == 0 { members.shuffle(using: &generator) }
        if generator.next() % 40 == 0 { members.append(members[0]) }
        var bytes = Array(("{" + members.joined(separator: ",") + "}" + space(&generator)).utf8)
        // Damage: a byte changed, lost or doubled; the end cut off.
        if generator.next() % 4 == 0, !bytes.isEmpty {
            let place = Int(generator.next() % UInt64(bytes.count))
            switch generator.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test func `both ways take the same lines, with the same records, and refuse the others alike`() throws {
        let lean = try PostingFixture()
        let general = try PostingFixture()
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        var taken = 0
        for round in 0..<6000 {
            let line = line(&generator)
            let left = lean.post(line)
            let right = general.post(line, isLean: false)
            let text = String(decoding: line, as: UTF8.self)
            #expect(left == right, "SEED=\(seed), round \(round): \(text)")
            if left != right { return }
            if left.errno == nil { taken += left.records.count } else { refused += 1 }
        }
        #expect(taken > 1000 && refused > 1000, "SEED=\(seed): \(taken) taken, \(refused) refused")
    }

    @Test func `whole bodies are the same too, up to their first bad line`() throws {
        let lean = try PostingFixture()
        let general = try PostingFixture()
        var generator = SeededGenerator(seed: seed)
        for round in 0..<60 {
            var body: [UInt8] = []
            for _ in 0..<(generator.next() % 700) {
                let isUsual = generator.next() % 300 != 0
                body +=
                    isUsual
                    ? Array(#"{"pid":\#(generator.next() % 20),"event":"shop/order","fields":{"id":\#(round)}}"#.utf8)
                    : line(&generator)
                body.append(0x0A)
            }
            let left = lean.post(body)
            let right = general.post(body, isLean: false)
            #expect(left == right, "SEED=\(seed), round \(round)")
        }
    }

    @Test func `any bytes are taken or refused`() throws {
        let fixture = try PostingFixture()
        var generator = SeededGenerator(seed: seed)
        let alphabet =
            Array("{}[]\":,\\ \n\t0123456789-+.eEtrufalsn/ shop/orderidqtyevntfields\u{0}".utf8) + [0xFF, 0xC3]
        for _ in 0..<2000 {
            let count = Int(generator.next() % 200)
            let body = (0..<count).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            let outcome = fixture.post(body)
            if outcome.errno != nil { #expect(outcome.number > outcome.written, "SEED=\(seed)") }
        }
    }
}
