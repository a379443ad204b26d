internal import Bytes

/// What is to be known of one event to read its lines: its plan, held where reading it counts no reference.
///
/// A line took and gave back the references of its event's plan ten times over, which was two thirds of its time
/// (2026-11). So the plan of the event that was met last is here, and another is put in its place when another is met.
struct LinePlan: ~Copyable {
    private typealias Field = RecordPlan.Field

    private var name: [UInt8] = []
    private var keys: [UInt8] = []
    private var fields: [RecordPlan.Field] = []
    private var fixedSize = 0
    private var hasDynamicFields = false
    private(set) var id: UInt16 = 0
    /// Whether anybody wanted the event's records when it was met.
    private(set) var isWanted = false
    private var isLoaded = false

    /// How many fields an event may have to be here: a bit each.
    static var fieldsMax: Int { 64 }

    /// Whether it is the plan of an event of this name.
    @inline(__always)
    func isCalled(_ other: Span<UInt8>) -> Bool { isLoaded && name.span.equals(other) }

    /// Forgets the event: it may have gone, or be wanted now.
    mutating func forget() { isLoaded = false }

    /// Takes another event's plan.
    ///
    /// - Returns: false where it has more fields than are taken here.
    mutating func load(_ known: PlannedEvent) -> Bool {
        let plan = known.plan
        isLoaded = plan.fields.count <= Self.fieldsMax && plan.fixedSize <= SubBuffer.payloadMax
        (name, keys, fields) = (plan.name, plan.keys, plan.fields)
        (fixedSize, hasDynamicFields) = (plan.fixedSize, !plan.dynamicFields.isEmpty)
        (id, isWanted) = (known.event.id, known.event.isWanted)
        return isLoaded
    }

    /// Appends the record that an object of fields stands for, as ``EventFormat/encode(_:common:)`` would make it.
    ///
    /// - Parameters:
    ///   - line: what the object stands in.
    ///   - offset: where; behind it afterwards, if it was taken.
    ///   - out: where the record goes, its common header zeroed.
    /// - Returns: false where the object is not one that is taken here: it may be right all the same, and what was
    ///   appended is of no use.
    func append(fieldsIn line: Span<UInt8>, at offset: inout Int, to out: inout ByteBuffer) -> Bool {
        let start = out.count
        out.append(repeating: 0, count: fixedSize)
        guard line.take(0x7B, at: &offset) else { return false }
        let fields = fields.span
        var seen: UInt64 = 0
        var next = 0
        // The dynamic fields before this one have their bytes.
        var filled = 0
        if !line.take(0x7D, at: &offset) {
            repeat {
                guard let index = takeKey(in: line, at: &offset, expecting: next) else { return false }
                let bit: UInt64 = 1 << UInt64(index)
                if seen & bit != 0 { return false }
                seen |= bit
                let field = fields[index]
                if field.isDynamic {
                    if index < filled { return false }
                    while filled < index {
                        if fields[filled].isDynamic { append(empty: fields[filled], start, to: &out) }
                        filled += 1
                    }
                    filled += 1
                }
                guard take(field, in: line, at: &offset, start, to: &out) else { return false }
                next = index + 1
            } while line.take(0x2C, at: &offset)
            guard line.take(0x7D, at: &offset) else { return false }
        }
        return finish(from: filled, start, &out)
    }

    /// Appends the record of an event of which nothing is said.
    func appendEmpty(to out: inout ByteBuffer) -> Bool {
        let start = out.count
        out.append(repeating: 0, count: fixedSize)
        return finish(from: 0, start, &out)
    }

    private func finish(from first: Int, _ start: Int, _ out: inout ByteBuffer) -> Bool {
        if hasDynamicFields {
            let fields = fields.span
            for index in first..<fields.count where fields[index].isDynamic {
                append(empty: fields[index], start, to: &out)
            }
        }
        out.append(repeating: 0, count: -(out.count - start) & 3)
        return out.count - start <= SubBuffer.payloadMax
    }

    // MARK: names

    /// Takes `"name":` and says which field it is.
    @inline(__always)
    private func takeKey(in line: Span<UInt8>, at offset: inout Int, expecting next: Int) -> Int? {
        let fields = fields.span
        if next < fields.count {
            let key = keys.span.extracting(Int(fields[next].keyStart)..<Int(fields[next].keyEnd))
            if key.count <= line.count - offset, line.extracting(offset..<(offset + key.count)).equals(key) {
                offset += key.count
                return next
            }
        }
        return findKey(in: line, at: &offset)
    }

    private func findKey(in line: Span<UInt8>, at offset: inout Int) -> Int? {
        guard let name = line.takePlainString(at: &offset), line.take(0x3A, at: &offset) else { return nil }
        let fields = fields.span
        for index in fields.indices {
            let key = keys.span.extracting(Int(fields[index].keyStart) + 1..<Int(fields[index].keyEnd) - 2)
            if key.equals(line.extracting(name)) { return index }
        }
        return nil
    }

    // MARK: values

    @inline(__always)
    private func take(
        _ field: Field, in line: Span<UInt8>, at offset: inout Int, _ start: Int, to out: inout ByteBuffer
    ) -> Bool {
        switch field.kind {
        case .number:
            guard let number = Self.number(of: field, in: line, at: &offset) else { return false }
            out.store(number, size: Int(field.size), at: start + Int(field.offset))
            return true
        case .text:
            guard let text = line.takePlainString(at: &offset) else {
                guard let text = Self.string(in: line, at: &offset), text.utf8.count <= field.size else { return false }
                out.store(text.utf8Span.span, at: start + Int(field.offset))
                return true
            }
            guard text.count <= Int(field.size) else { return false }
            out.store(line.extracting(text), at: start + Int(field.offset))
            return true
        case .dynamicText:
            let place = out.count
            if let text = line.takePlainString(at: &offset) {
                out.append(line.extracting(text))
            } else {
                guard let text = Self.string(in: line, at: &offset) else { return false }
                out.append(text.utf8Span.span)
            }
            out.append(0)
            guard out.count - start <= SubBuffer.payloadMax else { return false }
            describe(field, place, start, &out)
            return true
        case .dynamicArray, .other: return false
        }
    }

    private static func number(of field: Field, in line: Span<UInt8>, at offset: inout Int) -> UInt64? {
        line.skipSpace(at: &offset)
        guard offset < line.count else { return nil }
        let magnitude: UInt64
        let isNegative: Bool
        switch line[offset] {
        case 0x74: return word("true", of: line, at: &offset) ? 1 : nil
        case 0x66: return word("false", of: line, at: &offset) ? 0 : nil
        case 0x22:
            guard let text = line.takePlainString(at: &offset),
                let digits = line.digits(from: text.lowerBound, mayLeadWithZero: true), digits.end == text.upperBound
            else { return nil }
            (magnitude, isNegative) = (digits.magnitude, digits.isNegative)
        default:
            guard let number = line.takeInteger(at: &offset) else { return nil }
            (magnitude, isNegative) = number
        }
        if !isNegative { return magnitude <= field.numberMax ? magnitude : nil }
        guard magnitude == 0 || field.isSigned && magnitude <= field.numberMax + 1 else { return nil }
        return 0 &- magnitude
    }

    private static func word(_ word: String, of line: Span<UInt8>, at offset: inout Int) -> Bool {
        let length = word.utf8.count
        guard offset + length <= line.count, line.extracting(offset..<(offset + length)).equals(word) else {
            return false
        }
        offset += length
        return true
    }

    /// A string with escapes, or beyond ASCII.
    private static func string(in line: Span<UInt8>, at offset: inout Int) -> String? {
        var reader = JSONReader(line.extracting(offset..<line.count))
        do throws(JSONError) {
            let text = try reader.string()
            offset += reader.offset
            return text
        } catch {
            return nil
        }
    }

    // MARK: what stands behind the fixed part

    private func append(empty field: Field, _ start: Int, to out: inout ByteBuffer) {
        let place = out.count
        if field.kind == .dynamicText { out.append(0) }
        describe(field, place, start, &out)
    }

    /// Says in the fixed part where a dynamic field's bytes are: from a place up to the end.
    @inline(__always)
    private func describe(_ field: Field, _ place: Int, _ start: Int, _ out: inout ByteBuffer) {
        let length = UInt64(out.count - place)
        let origin = place - start - (field.isRelative ? Int(field.offset) + 4 : 0)
        out.store(UInt64(origin) | length << 16, size: 4, at: start + Int(field.offset))
    }
}
