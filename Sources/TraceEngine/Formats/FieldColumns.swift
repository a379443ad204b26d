internal import Bytes

/// The event's own fields as plain numbers, with the `"name":` of each as JSON wants it: made once, read for every
/// record without counting a reference.
struct FieldColumns: Sendable {
    /// How a field's value is written.
    enum Kind: UInt8, Sendable { case number, boolean, text, array, opaque }

    /// One field.
    struct Column: BitwiseCopyable, Sendable {
        let kind: Kind
        let isSigned: Bool
        let isDynamic: Bool
        let isRelative: Bool
        let elementSize: UInt8
        let offset: Int32
        let size: Int32
        let keyStart: Int32
        let keyEnd: Int32

        /// The field's bytes in a record, wherever they stand; cut to what the record has.
        @_lifetime(copy record)
        func bytes(in record: Span<UInt8>) -> Span<UInt8> {
            guard isDynamic else { return record.clipped(Int(offset), size == 0 ? record.count : Int(size)) }
            let place = Int(record.number(at: Int(offset), size: 4))
            return record.clipped((place & 0xFFFF) + (isRelative ? Int(offset) + 4 : 0), place >> 16)
        }
    }

    let keys: [UInt8]
    let columns: [Column]

    init(_ fields: [EventField]) {
        var out = ByteBuffer()
        var columns: [Column] = []
        var names: Set<String> = []
        // An object has a name once: of fields that share one, the first has it, as in a lookup by name.
        for field in fields where names.insert(field.name).inserted {
            let start = out.count
            if start > 0 { out.append(0x2C) }
            out.append(jsonString: field.name)
            out.append(0x3A)
            columns.append(Self.column(of: field, keyStart: start, keyEnd: out.count))
        }
        keys = out.array
        self.columns = columns
    }

    private static func column(of field: EventField, keyStart: Int, keyEnd: Int) -> Column {
        var (kind, elementSize, isDynamic, isRelative) = (Kind.number, field.size, false, false)
        switch field.shape {
        case .number: if field.size == 1, field.type == "bool" { kind = .boolean }
        case .text: kind = .text
        case .opaque: kind = .opaque
        case .array(let size, _): (kind, elementSize) = (.array, size)
        case .dynamic(let size, let isText, let relative):
            (kind, elementSize, isDynamic, isRelative) = (isText ? .text : .array, size, true, relative)
        }
        return Column(
            kind: kind, isSigned: field.isSigned, isDynamic: isDynamic, isRelative: isRelative,
            elementSize: UInt8(clamping: elementSize), offset: Int32(field.offset), size: Int32(field.size),
            keyStart: Int32(keyStart), keyEnd: Int32(keyEnd))
    }
}
