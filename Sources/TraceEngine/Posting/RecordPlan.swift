internal import Bytes
internal import SystemPackage

/// An event's format laid flat, for making and checking many of its records without looking anything up.
struct RecordPlan: Sendable {
    /// How a field's value is taken from a line.
    enum Kind: UInt8, Sendable {
        /// A number that fits.
        case number
        /// A `char[N]`.
        case text
        /// A `char[]` behind the fixed part.
        case dynamicText
        /// Arrays behind the fixed part: made empty here, and taken the general way.
        case dynamicArray
        /// Arrays and structures of the fixed part: taken the general way.
        case other
    }

    /// One field.
    struct Field: BitwiseCopyable, Sendable {
        let kind: Kind
        let isSigned: Bool
        let isRelative: Bool
        let offset: UInt16
        let size: UInt16
        /// Where `"name":` stands in ``RecordPlan/keys``.
        let keyStart: UInt32
        let keyEnd: UInt32
        /// The largest number it takes; one more, negated, is the least, where it has a sign.
        let numberMax: UInt64

        /// Whether its bytes stand behind the fixed part.
        var isDynamic: Bool { kind == .dynamicText || kind == .dynamicArray }
    }

    /// `shop/order_placed`, as lines call it.
    let name: [UInt8]
    /// Its format.
    let format: EventFormat
    /// Bytes of the fixed part, the common header included: no record has less.
    let fixedSize: Int
    /// Its own fields, in order.
    let fields: [Field]
    /// `"name":` of each field.
    let keys: [UInt8]
    /// Those of ``fields`` that are dynamic.
    let dynamicFields: [Field]
    /// What a record has to have.
    let check: RecordCheck
    /// Reads an event's format.
    ///
    /// - Throws: EINVAL where its text does not parse, which an import refuses.
    init(_ event: TraceEvent) throws(PostRefusal) {
        var text = ByteBuffer(capacity: 2048)
        event.appendFormat(to: &text)
        do throws(FormatError) {
            format = try EventFormat(parsing: text.span)
        } catch {
            throw PostRefusal(.invalidArgument, "the format of \(event.system)/\(event.name): \(error.reason)")
        }
        name = Array("\(event.system)/\(event.name)".utf8)
        fixedSize = max(format.fixedSize, RecordCommon.size)
        var keys = ByteBuffer()
        fields = format.fields.map { field in
            let start = keys.count
            keys.append(jsonString: field.name)
            keys.append(0x3A)
            return Self.field(field, key: UInt32(start)..<UInt32(keys.count))
        }
        self.keys = keys.array
        dynamicFields = fields.filter(\.isDynamic)
        check = RecordCheck(fixedSize: fixedSize, dynamicFields)
    }

    /// Whether lines call the event so.
    func isCalled(_ name: Span<UInt8>) -> Bool { self.name.span.equals(name) }

    private static func field(_ field: EventField, key: Range<UInt32>) -> Field {
        var (kind, isRelative) = (Kind.other, false)
        switch field.shape {
        case .number: kind = .number
        // What has no size is a flexible array, and stands behind everything.
        case .text: kind = field.size > 0 ? .text : .other
        case .array, .opaque: break
        case .dynamic(_, let isText, let relative):
            (kind, isRelative) = (isText ? .dynamicText : .dynamicArray, relative)
        }
        return Field(
            kind: kind, isSigned: field.isSigned, isRelative: isRelative, offset: UInt16(clamping: field.offset),
            size: UInt16(clamping: field.size), keyStart: key.lowerBound, keyEnd: key.upperBound,
            numberMax: JSONNumber.largest(of: field, size: field.size))
    }

    /// What keeps bytes from being a record of the event; nil where nothing does.
    ///
    /// The kernel's `user_event_validate`: the fixed part is whole, what a dynamic field points at ends within the
    /// record, and text ends with a NUL. No length is an empty field.
    ///
    /// - Parameter record: from its common header on.
    /// - Returns: where in the record, and why.
    func problem(in record: Span<UInt8>) -> (offset: Int, reason: String)? {
        if record.count < fixedSize { return (0, "the event's records have at least \(fixedSize) bytes") }
        return problemBehind(in: record)
    }

    private func problemBehind(in record: Span<UInt8>) -> (offset: Int, reason: String)? {
        let fields = dynamicFields.span
        for index in fields.indices {
            let field = fields[index]
            let offset = Int(field.offset)
            let place = Int(record.number(at: offset, size: 4))
            let length = place >> 16
            if length == 0 { continue }
            let end = (place & 0xFFFF) + (field.isRelative ? offset + 4 : 0) + length
            if end > record.count {
                return (offset, "field \(fieldName(field)): its bytes end at \(end), the record at \(record.count)")
            }
            if field.kind == .dynamicText, record[end - 1] != 0 {
                return (offset, "field \(fieldName(field)): its text does not end with a NUL")
            }
        }
        return nil
    }

    private func fieldName(_ field: Field) -> String {
        String(repairing: keys.span.extracting(Int(field.keyStart) + 1..<Int(field.keyEnd) - 2))
    }
}

/// What a record of an event has to have, in plain numbers: whether bytes are one is seen without a reference.
struct RecordCheck: BitwiseCopyable, Sendable {
    private let fixedSize: Int32
    private let count: Int32
    /// Of each dynamic field its offset, in bit 16 whether it is relative, and in bit 17 whether it is text.
    private var places = InlineArray<4, UInt32>(repeating: 0)

    init(fixedSize: Int, _ dynamicFields: [RecordPlan.Field]) {
        self.fixedSize = Int32(clamping: fixedSize)
        count = Int32(clamping: dynamicFields.count)
        for (index, field) in dynamicFields.prefix(4).enumerated() {
            places[index] =
                UInt32(field.offset) | (field.isRelative ? 1 << 16 : 0) | (field.kind == .dynamicText ? 1 << 17 : 0)
        }
    }

    /// Whether bytes are a record; where they are not, or there is more to be looked at than this knows,
    /// ``RecordPlan/problem(in:)`` says.
    @inline(__always)
    func passes(_ record: Span<UInt8>) -> Bool {
        guard record.count >= Int(fixedSize), count <= 4 else { return false }
        for index in 0..<Int(count) {
            let place = places[index]
            let offset = Int(place & 0xFFFF)
            let descriptor = Int(record.number(at: offset, size: 4))
            let length = descriptor >> 16
            if length == 0 { continue }
            let end = (descriptor & 0xFFFF) + (place & 1 << 16 != 0 ? offset + 4 : 0) + length
            guard end <= record.count, place & 1 << 17 == 0 || record[end - 1] == 0 else { return false }
        }
        return true
    }
}
