internal import Bytes
internal import TraceEngine

/// Shorthands of the tests of this folder.
enum RecordFixture {
    /// A record of an event, from members in JSON.
    static func record(_ format: EventFormat, _ json: String) throws -> [UInt8] {
        let members = try JSONReader.document(json.utf8Span.span).members ?? []
        return try format.encode(members, common: RecordCommon(type: UInt16(format.id), pid: 12))
    }

    /// What a record's print fmt shows.
    static func text(_ format: EventFormat, _ record: [UInt8]) -> String {
        var out = ByteBuffer()
        format.print.append(record.span, to: &out)
        return out.text
    }

    /// A record's fields in JSON.
    static func json(_ format: EventFormat, _ record: [UInt8], int64AsString: Bool = false) -> String {
        var out = ByteBuffer()
        format.append(fields: record.span, options: .init(int64AsString: int64AsString), to: &out)
        return out.text
    }

    /// A format text with the common fields and what is given.
    static func formatText(_ lines: String, print: String) -> String {
        let common = """
            name: test
            ID: 7
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;


            """
        return common + lines + "\nprint fmt: " + print + "\n"
    }

    /// A format of fields that stand one behind the other, `type name size signed`.
    static func format(_ fields: [(String, Int, Bool)], print: String) throws -> EventFormat {
        var offset = 8
        var lines = ""
        for (declaration, size, isSigned) in fields {
            lines += "\tfield:\(declaration);\toffset:\(offset);\tsize:\(size);\tsigned:\(isSigned ? 1 : 0);\n"
            offset += size
        }
        return try EventFormat(parsing: formatText(lines, print: print).utf8Span.span)
    }
}
