public import Bytes

extension UserEventDefinition {
    /// Appends the text of the event's `format`, as the kernel writes it.
    ///
    /// Two places differ, where the kernel's text is of no use: the count of `char[16]` is shown (the kernel shows a
    /// number it never set), and `__rel_loc char[] x` keeps its brackets at the type, as `__data_loc` does.
    ///
    /// - Parameters:
    ///   - id: the number of the `ID:` line.
    ///   - out: where the text goes.
    public func append(format id: UInt16, to out: inout ByteBuffer) {
        out.append("name: ")
        out.append(name)
        out.append("\nID: ")
        out.append(decimal: id)
        out.append("\nformat:\n")
        out.append(Self.commonLines)
        var offset = RecordCommon.size
        for field in fields {
            append(line: field, at: offset, to: &out)
            offset += field.size
        }
        out.append("\nprint fmt: ")
        append(printTo: &out)
        out.append(0x0A)
    }

    /// The event's format, understood.
    ///
    /// - Parameter id: the number of the `ID:` line.
    /// - Returns: the format.
    /// - Throws: nothing for a definition that was parsed: its text is made here.
    public func format(id: UInt16) throws(FormatError) -> EventFormat {
        var text = ByteBuffer(capacity: 1024)
        append(format: id, to: &text)
        return try EventFormat(parsing: text.span)
    }

    /// The four fields every event has, and the empty line behind them.
    static var commonLines: StaticString {
        """
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;


        """
    }

    private func append(line field: Field, at offset: Int, to out: inout ByteBuffer) {
        let isDynamic = (field.type.behind("__data_loc ") ?? field.type.behind("__rel_loc ")) != nil
        let brackets = isDynamic ? nil : field.type.firstIndex(of: "[")
        out.append("\tfield:")
        out.append(String(field.type[..<(brackets ?? field.type.endIndex)]))
        out.append(0x20)
        out.append(field.name)
        if let brackets { out.append(String(field.type[brackets...])) }
        out.append(";\toffset:")
        out.append(decimal: offset)
        out.append(";\tsize:")
        out.append(decimal: field.size)
        // As the kernel: only a type that begins with u has no sign.
        out.append(field.type.utf8.first == 0x75 ? ";\tsigned:0;\n" : ";\tsigned:1;\n")
    }

    private func append(printTo out: inout ByteBuffer) {
        out.append(0x22)
        for (index, field) in fields.enumerated() {
            if index > 0 { out.append(0x20) }
            out.append(field.name)
            out.append(0x3D)
            out.append(field.conversion)
        }
        out.append(0x22)
        for field in fields {
            out.append(", ")
            out.append(field.argument)
        }
    }
}

extension UserEventDefinition.Field {
    /// The kernel's `user_field_format`.
    fileprivate var conversion: String {
        switch type {
        case "s64": "%lld"
        case "u64": "%llu"
        case "s32", "int", "s16", "short", "s8", "char": "%d"
        case "u32", "unsigned int", "u16", "unsigned short", "u8", "unsigned char": "%u"
        default: type.contains("char[") ? "%s" : "%llu"
        }
    }

    fileprivate var argument: String {
        let isText = type.contains("char")
        if isText, type.behind("__data_loc ") != nil { return "__get_str(\(name))" }
        if isText, type.behind("__rel_loc ") != nil { return "__get_rel_str(\(name))" }
        return "REC->\(name)"
    }
}
