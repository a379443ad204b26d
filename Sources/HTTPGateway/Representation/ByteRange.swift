internal import Bytes

/// What a `Range` header asks for (RFC 9110, 14.2), before it is known how much there is.
enum ByteRange: Equatable {
    /// No header, or one that means nothing here: everything.
    case whole
    /// From a position to another, both included; nil is to the end.
    case span(first: UInt64, last: UInt64?)
    /// So many bytes at the end.
    case suffix(UInt64)
    /// Several at once, which no device gives.
    case several

    /// Reads a header's value; what is no range of bytes is as if it had not come, as the RFC has it.
    init(_ header: Span<UInt8>) {
        self = .whole
        let text = header.trimmed
        guard let sign = text.firstIndex(of: 0x3D), text.extracting(0..<sign).trimmed.equalsIgnoringCase("bytes")
        else { return }
        let set = text.extracting((sign + 1)..<text.count).trimmed
        if set.firstIndex(of: 0x2C) != nil {
            self = .several
            return
        }
        guard let dash = set.firstIndex(of: 0x2D) else { return }
        let first = set.extracting(0..<dash).trimmed
        let last = set.extracting((dash + 1)..<set.count).trimmed
        if first.isEmpty {
            if let count = last.decimal { self = .suffix(count) }
        } else if let first = first.decimal {
            if last.isEmpty {
                self = .span(first: first, last: nil)
            } else if let last = last.decimal, last >= first {
                self = .span(first: first, last: last)
            }
        }
    }

    /// What of so many bytes is meant, an end beyond them being brought back; nil where nothing of them is.
    func within(_ size: UInt64) -> Range<UInt64>? {
        switch self {
        case .whole: 0..<size
        case .span(let first, let last): first < size ? first..<min(last ?? size - 1, size - 1) + 1 : nil
        case .suffix(let count): count > 0 && size > 0 ? size - min(count, size)..<size : nil
        case .several: nil
        }
    }

    /// Where a `Content-Range` header begins: `bytes 4096-8191/65536`, the size `*` where it is not known.
    ///
    /// Only the beginning counts, for as many bytes come as the body has: nbdkit's curl plugin says an end that is one
    /// too large and a size of -1.
    ///
    /// - Returns: nil where the header is none of these.
    static func start(ofContent header: Span<UInt8>) -> UInt64? {
        let text = header.trimmed
        guard text.count > 6, text.extracting(0..<6).equalsIgnoringCase("bytes "), let slash = text.firstIndex(of: 0x2F)
        else { return nil }
        let range = text.extracting(6..<slash).trimmed
        let size = text.extracting((slash + 1)..<text.count)
        guard let dash = range.firstIndex(of: 0x2D), let first = range.extracting(0..<dash).decimal,
            let last = range.extracting((dash + 1)..<range.count).decimal, last >= first,
            size.equals("*") || size.equals("-1") || size.decimal != nil
        else { return nil }
        return first
    }
}

extension ByteBuffer {
    /// Appends the value of a `Content-Range`: `bytes 0-4095/65536`, or `bytes */65536` for none.
    mutating func appendContentRange(_ range: Range<UInt64>?, of size: UInt64) {
        append("bytes ")
        if let range {
            append(decimal: range.lowerBound)
            append(0x2D)
            append(decimal: range.upperBound - 1)
        } else {
            append(0x2A)
        }
        append(0x2F)
        append(decimal: size)
    }
}

extension Span<UInt8> {
    /// The number that plain decimal digits are; nil for anything else, and for what exceeds 64 bits.
    fileprivate var decimal: UInt64? {
        if isEmpty { return nil }
        var number: UInt64 = 0
        for index in indices {
            guard self[index] >= 0x30, self[index] <= 0x39 else { return nil }
            let (product, isLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = product.addingReportingOverflow(UInt64(self[index] - 0x30))
            if isLarge || isLarger { return nil }
            number = sum
        }
        return number
    }
}
