internal import Bytes

extension PrintEvaluator {
    /// Appends what `%s` shows of a node.
    func append(text index: Int32, to out: inout ByteBuffer) {
        let node = node(index)
        switch node.operation {
        case .literal: out.append(words(Int32(truncatingIfNeeded: node.value), node.b))
        case .conditional where node.form == .text: append(text: truth(node.a) ? node.b : node.c, to: &out)
        case .flags: append(flags: integer(node.a), of: tables[Int(node.value)], to: &out)
        case .symbolic: append(symbol: integer(node.a), of: tables[Int(node.value)], to: &out)
        case .stringAt:
            let table = tables[Int(node.value)]
            guard table.count > 0 else { return }
            let entry = entries[Int(table.first) + min(count(node.a), Int(table.count) - 1)]
            out.append(words(entry.textStart, entry.textCount))
        case .printed:
            let start = out.count
            append(run: runs[Int(node.value)], to: &out)
            if let end = out.span.extracting(start..<out.count).firstIndex(of: 0) { out.truncate(to: start + end) }
        case .hex, .array, .bitmask, .hexDump, .socketAddress: append(bytesOf: node, to: &out)
        default: append(pointed: index, node, to: &out)
        }
    }

    private func append(pointed index: Int32, _ node: PrintNode, to out: inout ByteBuffer) {
        if node.form == .bytes {
            out.append(bytes(index).untilNUL)
            return
        }
        let address = integer(index)
        if address == 0 {
            out.append("(null)")
        } else {
            out.append("0x")
            out.append(hexadecimal: address)
        }
    }

    @_lifetime(copy self)
    private func words(_ start: Int32, _ count: Int32) -> Span<UInt8> {
        text.extracting(Int(start)..<Int(start + count))
    }

    // MARK: tables

    /// As the kernel's `trace_print_flags_seq`: names of set masks, the rest in hexadecimal.
    private func append(flags value: UInt64, of table: PrintTable, to out: inout ByteBuffer) {
        var rest = value
        var isFirst = true
        for index in Int(table.first)..<Int(table.first + table.count) {
            if rest == 0 { break }
            let entry = entries[index]
            if !entry.isKnown || rest & entry.mask != entry.mask { continue }
            rest &= ~entry.mask
            if !isFirst { out.append(words(table.delimiterStart, table.delimiterCount)) }
            isFirst = false
            out.append(words(entry.textStart, entry.textCount))
        }
        guard rest != 0 else { return }
        if !isFirst { out.append(words(table.delimiterStart, table.delimiterCount)) }
        out.append("0x")
        out.append(hexadecimal: rest)
    }

    /// As the kernel's `trace_print_symbols_seq`.
    private func append(symbol value: UInt64, of table: PrintTable, to out: inout ByteBuffer) {
        for index in Int(table.first)..<Int(table.first + table.count) {
            let entry = entries[index]
            if entry.isKnown, entry.mask == value, entry.textCount > 0 {
                out.append(words(entry.textStart, entry.textCount))
                return
            }
        }
        out.append("0x")
        out.append(hexadecimal: value)
    }

    // MARK: bytes

    private func append(bytesOf node: PrintNode, to out: inout ByteBuffer) {
        switch node.operation {
        case .hex: out.append(hexBytes: bytes(node.a, count: count(node.b)), separator: node.value == 1 ? 0x20 : 0)
        case .array:
            let size = Int(node.c)
            let limit = node.b < 0 ? Int.max : count(node.b) * size
            out.append(array: bytes(node.a, count: limit), elementSize: size)
        case .bitmask:
            let mask = bytes(node.a)
            out.append(bitmap: mask, bits: mask.count * 8)
        case .socketAddress: out.append(socketAddress: bytes(node.a), variant: 0)
        default: append(dump: bytes(node.a, count: count(node.b)), to: &out)
        }
    }

    /// Rows of 16 bytes with their offsets.
    private func append(dump bytes: Span<UInt8>, to out: inout ByteBuffer) {
        var row = 0
        while row < bytes.count {
            out.append(0x0A)
            out.append(hexadecimal: UInt64(row), width: 8)
            out.append(": ")
            out.append(hexBytes: bytes.extracting(row..<min(row + 16, bytes.count)), separator: 0x20)
            row += 16
        }
    }
}
