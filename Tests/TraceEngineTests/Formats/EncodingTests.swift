internal import Bytes
internal import SystemPackage
internal import Testing
internal import TraceEngine

struct EncodingTests {
    private func format() throws -> EventFormat {
        try RecordFixture.format(
            [
                ("s32 a", 4, true), ("u64 b", 8, false), ("char t[4]", 4, false), ("u8 m[6]", 6, false),
                ("__data_loc char[] s", 4, true), ("bool d", 1, false), ("__data_loc u16[] g", 4, false),
                ("struct x f", 2, false),
            ], print: #""""#)
    }

    private func failure(_ json: String) throws -> RecordError? {
        let format = try format()
        let members = try JSONReader.document(json.utf8Span.span).members ?? []
        do throws(RecordError) {
            _ = try format.encode(members, common: RecordCommon(type: 7, pid: 1))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a record has its head, its fields at their places and dynamic data behind`() throws {
        let format = try CatalogueFile.format("jit/ping", in: CatalogueFile.jit)
        let members = try JSONReader.document(#"{"a":-5,"b":7,"s":"hello","d":255}"#.utf8Span.span).members ?? []
        let record = try format.encode(
            members, common: RecordCommon(type: 2326, flags: 1, preemptCount: 0x12, pid: -2))
        let expected: [UInt8] =
            [0x16, 0x09, 1, 0x12, 0xFE, 0xFF, 0xFF, 0xFF]
            + [0, 0, 0, 0, 0, 0, 0, 0] + [0xFB, 0xFF, 0xFF, 0xFF] + [7, 0, 0, 0, 0, 0, 0, 0]
            + [36, 0, 6, 0] + [255, 0, 0, 0] + Array("hello".utf8) + [0, 0, 0]
        #expect(record == expected)
        let common = RecordCommon(of: record.span)
        #expect(common == RecordCommon(type: 2326, flags: 1, preemptCount: 0x12, pid: -2))
    }

    @Test func `absent fields are zero or empty`() throws {
        let format = try format()
        let record = try RecordFixture.record(format, "{}")
        #expect(
            RecordFixture.json(format, record)
                == #"{"a":0,"b":0,"t":"","m":[0,0,0,0,0,0],"s":"","d":false,"g":[],"f":"0000"}"#)
    }

    @Test(arguments: [
        #"{"a":-2147483648,"b":"18446744073709551615","t":"four","m":"0102030405ff","s":"x"}"#,
        #"{"a":"0x7fffffff","b":"0xffffffffffffffff","m":[1,2],"d":true,"g":[1,65535],"f":"01ff"}"#,
        #"{"a":true,"d":1,"s":"longer than the others, with \u20ac"}"#,
    ])
    func `what a record shows posts back to the same bytes`(_ json: String) throws {
        let format = try format()
        let record = try RecordFixture.record(format, json)
        #expect(try RecordFixture.record(format, RecordFixture.json(format, record)) == record)
        let strings = RecordFixture.json(format, record, int64AsString: true)
        #expect(try RecordFixture.record(format, strings) == record)
    }

    @Test(arguments: [
        (#"{"zork":1}"#, "zork", Errno.noSuchFileOrDirectory),
        (#"{"a":1,"zork":null}"#, "zork", .noSuchFileOrDirectory),
        (#"{"a":2147483648}"#, "a", .outOfRange),
        (#"{"a":-2147483649}"#, "a", .outOfRange),
        (#"{"b":-1}"#, "b", .outOfRange),
        (#"{"b":18446744073709551616}"#, "b", .outOfRange),
        (#"{"a":1.5}"#, "a", .invalidArgument),
        (#"{"a":1e3}"#, "a", .invalidArgument),
        (#"{"a":"12x"}"#, "a", .invalidArgument),
        (#"{"a":""}"#, "a", .invalidArgument),
        (#"{"a":null}"#, "a", .invalidArgument),
        (#"{"a":[1]}"#, "a", .invalidArgument),
        (#"{"d":2}"#, "d", .outOfRange),
        (#"{"t":"fives"}"#, "t", .argListTooLong),
        (#"{"t":5}"#, "t", .invalidArgument),
        (#"{"s":5}"#, "s", .invalidArgument),
        (#"{"m":[1,2,3,4,5,6,7]}"#, "m", .argListTooLong),
        (#"{"m":[256]}"#, "m", .outOfRange),
        (#"{"m":"012"}"#, "m", .invalidArgument),
        (#"{"g":"0102"}"#, "g", .invalidArgument),
        (#"{"f":"010203"}"#, "f", .argListTooLong),
    ])
    func `what does not fit names the field and says why`(_ json: String, _ field: String, _ errno: Errno) throws {
        let error = try failure(json)
        #expect(error?.field == field)
        #expect(error?.errno == errno)
    }

    @Test func `a dynamic text longer than a descriptor can say is refused`() throws {
        let error = try failure(#"{"s":"\#(String(repeating: "x", count: 65_520))"}"#)
        #expect(error?.errno == .argListTooLong)
    }

    @Test func `every format of the catalogue encodes nothing at all and shows it`() throws {
        for entry in CatalogueFile.linux.entries {
            let format = try CatalogueFile.linux.format(of: entry)
            let record = try RecordFixture.record(format, "{}")
            #expect(record.count >= format.fixedSize)
            let json = RecordFixture.json(format, record)
            #expect(try RecordFixture.record(format, json) == record, "\(format.name)")
            _ = RecordFixture.text(format, record)
        }
    }
}
