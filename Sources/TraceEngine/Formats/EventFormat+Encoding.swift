public import Bytes
internal import SystemPackage

extension EventFormat {
    /// Makes a record of JSON members, as `user_events_data` takes them.
    ///
    /// `{"a":-5,"b":"0xffffffffffffffff","s":"hello"}`: integers may be strings, decimal or with `0x` (they end at 2^53
    /// in many programs), true and false are 1 and 0. Text of `char[N]` may take all N bytes. Arrays are arrays of
    /// numbers; bytes may also be a string of hexadecimal digits, as structures are. Absent fields are zero or empty.
    ///
    /// - Parameters:
    ///   - members: the object's; a name comes once.
    ///   - common: the record's first eight bytes.
    /// - Returns: the payload: fixed part, dynamic data in the order of the fields, padded to 4 bytes.
    /// - Throws: ``RecordError`` naming the field: ENOENT where the event has none such, EINVAL for another type,
    ///   ERANGE for a number that does not fit, E2BIG for too many bytes.
    public func encode(_ members: [JSONValue.Member], common: RecordCommon) throws(RecordError) -> [UInt8] {
        var record = RecordBuilder(fixedSize: fixedSize, common: common)
        var used = 0
        for field in fields {
            let value = members.first { $0.name == field.name }?.value
            if value != nil { used += 1 }
            try put(value, in: field, of: &record)
        }
        if used < members.count,
            let unknown = members.first(where: { member in
                !fields.contains { $0.name == member.name }
            })
        {
            throw RecordError(
                field: unknown.name, reason: "the event has no such field", errno: .noSuchFileOrDirectory)
        }
        return record.finished()
    }

    private func put(
        _ value: JSONValue?, in field: EventField, of record: inout RecordBuilder
    ) throws(RecordError) {
        switch field.shape {
        case .number:
            guard let value else { return }
            let number = try JSONNumber.number(value, of: field, size: field.size)
            record.set(number, at: field.offset, size: field.size)
        case .text: try put(fixed: try text(value, field), field, &record, isText: true)
        case .array(let elementSize, _):
            try put(fixed: try bytes(value, of: field, elementSize), field, &record, isText: false)
        case .opaque: try put(fixed: try bytes(value, of: field, 1), field, &record, isText: false)
        case .dynamic(let elementSize, let isText, let relative):
            let data =
                isText
                ? try text(value, field) : try bytes(value, of: field, elementSize)
            if !record.append(dynamic: field, data.span, isText: isText, relative: relative) {
                throw RecordError(field: field.name, reason: "the record is too long", errno: .argListTooLong)
            }
        }
    }

    /// Puts bytes at the field's place; a flexible array goes behind the fixed part.
    private func put(
        fixed data: [UInt8], _ field: EventField, _ record: inout RecordBuilder, isText: Bool
    ) throws(RecordError) {
        if field.size == 0 {
            record.append(data.span)
            if isText { record.append([0].span) }
        } else if data.count <= field.size {
            record.set(data.span, at: field.offset)
        } else {
            throw RecordError(
                field: field.name, reason: "takes \(field.size) bytes, not \(data.count)", errno: .argListTooLong)
        }
    }

    private func text(_ value: JSONValue?, _ field: EventField) throws(RecordError) -> [UInt8] {
        switch value {
        case nil: return []
        case .string(let text): return Array(text.utf8)
        default: throw RecordError(field: field.name, reason: "takes a string", errno: .invalidArgument)
        }
    }

    private func bytes(
        _ value: JSONValue?, of field: EventField, _ elementSize: Int
    ) throws(RecordError) -> [UInt8] {
        switch value {
        case nil: return []
        case .array(let elements):
            var result: [UInt8] = []
            for element in elements {
                let number = try JSONNumber.number(element, of: field, size: elementSize)
                for index in 0..<elementSize {
                    result.append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8)))
                }
            }
            return result
        case .string(let digits) where elementSize == 1:
            if let result = JSONNumber.bytes(hexadecimal: digits) { return result }
            throw RecordError(field: field.name, reason: "takes hexadecimal digits in pairs", errno: .invalidArgument)
        default: throw RecordError(field: field.name, reason: "takes an array of numbers", errno: .invalidArgument)
        }
    }
}
