extension PrintCompiler {
    /// A call; the opening parenthesis is taken.
    mutating func call(_ name: String) throws(FormatError) -> Int32 {
        switch name {
        case "__get_str", "__get_dynamic_array", "__get_rel_str", "__get_rel_dynamic_array":
            return try dynamic(.dynamicPlace, .bytes)
        case "__get_dynamic_array_len", "__get_rel_dynamic_array_len": return try dynamic(.dynamicLength, .integer)
        case "__get_bitmask", "__get_cpumask", "__get_rel_bitmask", "__get_rel_cpumask":
            return try over(.bitmask, try dynamic(.dynamicPlace, .bytes))
        case "__get_sockaddr", "__get_rel_sockaddr":
            return try over(.socketAddress, try dynamic(.dynamicPlace, .bytes))
        case "__print_flags", "__print_flags_u64": return try table(.flags)
        case "__print_symbolic", "__print_symbolic_u64": return try table(.symbolic)
        case "__print_hex", "__print_hex_str", "__print_array", "__print_dynamic_array", "__print_hex_dump":
            return try bytesCall(name)
        default: return try plainCall(name)
        }
    }

    /// `expression, expression)`
    private mutating func arguments() throws(FormatError) -> [Int32] {
        var result: [Int32] = []
        if try takeIf(.close) { return result }
        repeat { result.append(try expression()) } while try takeIf(.comma)
        try take(.close, ")")
        return result
    }

    // MARK: dynamic data

    /// `name)` of a dynamic field.
    private mutating func dynamic(
        _ operation: PrintNode.Operation, _ form: PrintNode.Form
    ) throws(FormatError) -> Int32 {
        let place = error("")
        let result = try dynamicField(operation, form, named: try takeWord(), at: place)
        try take(.close, ")")
        return result
    }

    private mutating func dynamicField(
        _ operation: PrintNode.Operation, _ form: PrintNode.Form, named name: String, at place: FormatError
    ) throws(FormatError) -> Int32 {
        guard let field = fields.first(where: { $0.name == name }) else {
            throw FormatError(offset: place.offset, line: place.line, reason: "the event has no field \(name)")
        }
        guard case .dynamic(let elementSize, _, let relative) = field.shape else {
            throw FormatError(offset: place.offset, line: place.line, reason: "\(name) is no dynamic field")
        }
        let element = CType(size: UInt8(elementSize), isSigned: field.isSigned)
        var result = PrintNode(operation, form, form == .integer ? .int : element)
        result.value = UInt64(field.offset)
        result.b = relative ? 1 : 0
        return try emit(result)
    }

    private mutating func over(_ operation: PrintNode.Operation, _ child: Int32) throws(FormatError) -> Int32 {
        var result = PrintNode(operation, .text)
        result.a = child
        return try emit(result, over: [child])
    }

    // MARK: tables

    /// `value, [delimiter,] {mask, "name"}, …)`
    private mutating func table(_ operation: PrintNode.Operation) throws(FormatError) -> Int32 {
        let value = try expression()
        var table = PrintTable(first: 0, count: 0)
        try take(.comma, ",")
        if operation == .flags {
            (table.delimiterStart, table.delimiterCount) = keep(try takeString())
            if !isSymbol(.close) { try take(.comma, ",") }
        }
        var entries: [PrintTable.Entry] = []
        var isOver = false
        while isSymbol(.openBrace) {
            if let entry = try tableEntry(), !isOver { entries.append(entry) } else { isOver = true }
            if try !takeIf(.comma) { break }
        }
        try take(.close, ")")
        return try emitTable(operation, over: value, table, entries)
    }

    /// `{ mask, "name" }`; nil for `{ }` and for a null name, where the kernel takes the table to end.
    private mutating func tableEntry() throws(FormatError) -> PrintTable.Entry? {
        try take(.openBrace, "{")
        if try takeIf(.closeBrace) { return nil }
        let mask = try expression()
        try take(.comma, ",")
        guard token.kind == .string else {
            _ = try expression()
            try take(.closeBrace, "}")
            return nil
        }
        let name = keep(try takeString())
        try take(.closeBrace, "}")
        return PrintTable.Entry(
            mask: constant(mask) ?? 0, isKnown: constant(mask) != nil, textStart: name.start, textCount: name.count)
    }

    /// Adds a table and the node that looks `value` up in it.
    mutating func emitTable(
        _ operation: PrintNode.Operation, over value: Int32, _ table: PrintTable, _ entries: [PrintTable.Entry]
    ) throws(FormatError) -> Int32 {
        var table = table
        table.first = Int32(format.entries.count)
        table.count = Int32(entries.count)
        format.entries += entries
        format.tables.append(table)
        var result = PrintNode(operation, .text)
        result.a = value
        result.value = UInt64(format.tables.count - 1)
        return try emit(result, over: [value])
    }

    /// A table of plain strings.
    mutating func strings(_ texts: [[UInt8]]) -> [PrintTable.Entry] {
        texts.map { text in
            let kept = keep(text)
            return PrintTable.Entry(mask: 0, isKnown: true, textStart: kept.start, textCount: kept.count)
        }
    }

    // MARK: runs of bytes

    private mutating func bytesCall(_ name: String) throws(FormatError) -> Int32 {
        let place = error("")
        if name == "__print_dynamic_array" {
            let bytes = try dynamicField(.dynamicPlace, .bytes, named: try takeWord(), at: place)
            try take(.comma, ",")
            let size = try expression()
            try take(.close, ")")
            return try array(bytes, count: nil, size: constant(size) ?? 1)
        }
        let arguments = try arguments()
        switch (name, arguments.count) {
        case ("__print_array", 3):
            return try array(arguments[0], count: arguments[1], size: constant(arguments[2]) ?? 1)
        case ("__print_hex", 2), ("__print_hex_str", 2):
            return try dump(.hex, arguments[0], arguments[1], spaced: name == "__print_hex")
        case ("__print_hex_dump", 7): return try dump(.hexDump, arguments[4], arguments[5], spaced: true)
        default:
            throw FormatError(offset: place.offset, line: place.line, reason: "\(name) takes other arguments")
        }
    }

    private mutating func array(_ bytes: Int32, count: Int32?, size: UInt64) throws(FormatError) -> Int32 {
        var result = PrintNode(.array, .text)
        result.a = bytes
        result.b = count ?? -1
        result.c = Int32(truncatingIfNeeded: min(size, 255))
        return try emit(result, over: [bytes] + (count.map { [$0] } ?? []))
    }

    private mutating func dump(
        _ operation: PrintNode.Operation, _ bytes: Int32, _ count: Int32, spaced: Bool
    ) throws(FormatError) -> Int32 {
        var result = PrintNode(operation, .text)
        (result.a, result.b, result.value) = (bytes, count, spaced ? 1 : 0)
        return try emit(result, over: [bytes, count])
    }

    // MARK: functions of the kernel that formats call by name

    private mutating func plainCall(_ name: String) throws(FormatError) -> Int32 {
        let unknown = error("the function \(name) is not known")
        let arguments = try arguments()
        guard let first = arguments.first else { throw unknown }
        let second = UInt64(1_000_000_000)
        switch name {
        case "__builtin_expect", "__builtin_constant_p": return first
        // The kernel's ticks a second are not in the text; shown are the ticks, as libtraceevent does.
        case "jiffies_to_msecs", "jiffies_to_usecs": return first
        case "__print_ns_to_secs": return try combine(.divide, first, try emitConstant(second, .unsignedLong))
        case "__print_ns_without_secs":
            return try cast(try combine(.remainder, first, try emitConstant(second, .unsignedLong)), to: .unsigned)
        case "mc_event_error_type":
            let names = ["Corrected", "Uncorrected", "Deferred", "Fatal", "Info"].map { Array($0.utf8) }
            return try emitTable(.stringAt, over: first, PrintTable(first: 0, count: 0), strings(names))
        default: throw unknown
        }
    }
}
