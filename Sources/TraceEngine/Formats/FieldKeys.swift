internal import Bytes

/// The `"name":` of each field as JSON wants it, made once: what an event's JSON is glued together from.
struct FieldKeys: Sendable {
    private var text: [UInt8] = []
    private var ends: [Int32] = []

    init(_ fields: [EventField]) {
        var out = ByteBuffer()
        for (index, field) in fields.enumerated() {
            if index > 0 { out.append(0x2C) }
            out.append(jsonString: field.name)
            out.append(0x3A)
            ends.append(Int32(out.count))
        }
        text = out.array
    }

    /// Appends the key of a field, with the comma before it.
    func append(_ index: Int, to out: inout ByteBuffer) {
        let start = index == 0 ? 0 : Int(ends[index - 1])
        out.append(text.span.extracting(start..<Int(ends[index])))
    }
}
