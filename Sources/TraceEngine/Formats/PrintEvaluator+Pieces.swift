internal import Bytes

extension PrintEvaluator {
    /// Appends what a run of pieces shows.
    func append(run: Range<Int32>, to out: inout ByteBuffer) {
        for index in Int(run.lowerBound)..<Int(run.upperBound) {
            let piece = pieces[index]
            switch piece.kind {
            case .literal: out.append(text.extracting(Int(piece.argument)..<Int(piece.argument + piece.count)))
            case .text: append(textOf: piece, to: &out)
            case .decimal where piece.width < 0 && piece.precision < 0 && piece.isPlain:
                let value = integer(piece.argument).extended(size: piece.type.size, isSigned: piece.type.isSigned)
                if piece.type.isSigned {
                    out.append(signed: Int64(bitPattern: value))
                } else {
                    out.append(digits: value)
                }
            case .decimal, .hexadecimal, .octal: append(numberOf: piece, to: &out)
            case .character: append(characterOf: piece, to: &out)
            default: append(pointerOf: piece, to: &out)
            }
        }
    }

    /// The width of a conversion, in characters; below zero for none, with `left` where it was negative.
    private func width(of piece: PrintPiece) -> (width: Int, left: Bool) {
        guard piece.widthNode >= 0 else { return (Int(piece.width), piece.flags.contains(.left)) }
        let value = Int(Int32(truncatingIfNeeded: integer(piece.widthNode)))
        let width = min(abs(value), PrintFormat.widthMax)
        return (width, piece.flags.contains(.left) || value < 0)
    }

    private func precision(of piece: PrintPiece) -> Int {
        guard piece.precisionNode >= 0 else { return Int(piece.precision) }
        return min(Int(Int32(truncatingIfNeeded: integer(piece.precisionNode))), PrintFormat.widthMax)
    }

    // MARK: text

    private func append(textOf piece: PrintPiece, to out: inout ByteBuffer) {
        let start = out.count
        append(text: piece.argument, to: &out)
        if piece.isPlain, piece.width < 0, piece.precision < 0 { return }
        let precision = precision(of: piece)
        if precision >= 0, out.count - start > precision { out.truncate(to: start + precision) }
        pad(from: start, piece, to: &out)
    }

    /// Fills what was appended since `start` up to the width.
    private func pad(from start: Int, _ piece: PrintPiece, to out: inout ByteBuffer) {
        let (width, left) = width(of: piece)
        let missing = width - (out.count - start)
        guard missing > 0 else { return }
        if left {
            out.append(repeating: 0x20, count: missing)
            return
        }
        let shown = [UInt8](copying: out.span.extracting(start..<out.count))
        out.truncate(to: start)
        out.append(repeating: 0x20, count: missing)
        out.append(shown.span)
    }

    private func append(characterOf piece: PrintPiece, to out: inout ByteBuffer) {
        let start = out.count
        out.append(UInt8(truncatingIfNeeded: integer(piece.argument)))
        pad(from: start, piece, to: &out)
    }

    // MARK: numbers

    /// As `number()` of the kernel's vsprintf: sign, prefix, zeroes, digits.
    private func append(numberOf piece: PrintPiece, to out: inout ByteBuffer) {
        let value = integer(piece.argument).extended(size: piece.type.size, isSigned: piece.type.isSigned)
        let isNegative = piece.type.isSigned && Int64(bitPattern: value) < 0
        let magnitude = isNegative ? 0 &- value : value
        var (width, left) = width(of: piece)
        let sign: UInt8? =
            isNegative
            ? 0x2D
            : !piece.type.isSigned
                ? nil
                : piece.flags.contains(.plus)
                    ? 0x2B : piece.flags.contains(.space) ? 0x20 : nil
        let hasPrefix = piece.flags.contains(.alternate)
        let prefix = hasPrefix ? piece.kind == .hexadecimal ? 2 : piece.kind == .octal && value != 0 ? 1 : 0 : 0
        let digits = max(digitCount(magnitude, piece.kind), precision(of: piece))
        width -= digits + prefix + (sign == nil ? 0 : 1)
        let zeroes = piece.flags.contains(.zero) && !left
        if !zeroes, !left, width > 0 { out.append(repeating: 0x20, count: width) }
        if let sign { out.append(sign) }
        if prefix > 0 { out.append(0x30) }
        if prefix > 1 { out.append(piece.flags.contains(.upper) ? 0x58 : 0x78) }
        if zeroes, width > 0 { out.append(repeating: 0x30, count: width) }
        append(magnitude: magnitude, digits: digits, piece, to: &out)
        if left, width > 0 { out.append(repeating: 0x20, count: width) }
    }

    private func digitCount(_ value: UInt64, _ kind: PrintPiece.Kind) -> Int {
        let bits = max(64 - value.leadingZeroBitCount, 1)
        switch kind {
        case .hexadecimal: return (bits + 3) / 4
        case .octal: return (bits + 2) / 3
        default:
            var count = 1
            var rest = value
            while rest >= 10 {
                rest /= 10
                count += 1
            }
            return count
        }
    }

    private func append(magnitude: UInt64, digits: Int, _ piece: PrintPiece, to out: inout ByteBuffer) {
        switch piece.kind {
        case .octal: out.append(octal: magnitude, width: digits)
        case .decimal: out.append(digits: magnitude, width: digits, zeroes: true)
        default:
            guard piece.flags.contains(.upper) else {
                out.append(hexadecimal: magnitude, width: digits)
                return
            }
            for index in stride(from: digits - 1, through: 0, by: -1) {
                let digit = index < 16 ? UInt8(truncatingIfNeeded: magnitude >> UInt64(index * 4)) & 0xF : 0
                out.append(digit < 10 ? 0x30 + digit : 0x41 + digit - 10)
            }
        }
    }

    // MARK: the kernel's %p

    private func append(pointerOf piece: PrintPiece, to out: inout ByteBuffer) {
        let start = out.count
        let isBytes = node(piece.argument).form == .bytes
        switch piece.kind {
        case .hexBytes where isBytes:
            let size = max(width(of: piece).width, 1)
            out.append(hexBytes: bytes(piece.argument, count: min(size, 64)), separator: PrintPointer.separator(piece))
            return
        case .bitmap where isBytes, .bitmapList where isBytes:
            let size = max(width(of: piece).width, 0)
            let bits = min(size, bytes(piece.argument).count * 8)
            if piece.kind == .bitmap {
                out.append(bitmap: bytes(piece.argument), bits: bits)
            } else {
                out.append(bitmapList: bytes(piece.argument), bits: bits)
            }
            return
        case .ipv4 where isBytes: out.append(ipv4: bytes(piece.argument), variant: piece.variant)
        case .ipv6 where isBytes: out.append(ipv6: bytes(piece.argument), variant: piece.variant)
        case .socketAddress where isBytes:
            out.append(socketAddress: bytes(piece.argument), variant: piece.variant)
        case .uuid where isBytes: out.append(uuid: bytes(piece.argument), variant: piece.variant)
        case .mac where isBytes: out.append(mac: bytes(piece.argument), variant: piece.variant)
        case .symbol:
            out.append("0x")
            out.append(hexadecimal: integer(piece.argument))
        default: out.append(hexadecimal: integer(piece.argument), width: 16)
        }
        pad(from: start, piece, to: &out)
    }
}

extension PrintPiece {
    /// Whether neither flags nor a `*` change what is shown.
    var isPlain: Bool { widthNode < 0 && precisionNode < 0 && flags.isSubset(of: [.alternate, .left, .zero]) }
}
