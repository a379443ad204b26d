internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The entity tag of an attribute in one form: `"j0123456789abcdef"`, a letter for the form and a hash of the value.
///
/// The hash is the same in every form, so that what was read as text guards a write as well as what was read as JSON.
struct EntityTag {
    /// The letter of the form and its variants.
    let letter: UInt8
    /// ``Reading/fingerprint``.
    let fingerprint: UInt64

    /// The tag of a form.
    ///
    /// - Parameters:
    ///   - form: the form sent.
    ///   - query: whose variants (indented, quoted) are other bytes, hence another letter.
    ///   - fingerprint: of the value.
    init(form: Form, query: borrowing Query, fingerprint: UInt64) {
        letter =
            switch (form, query.isPretty, query.int64AsString) {
            case (.json, false, false): 0x6A  // j
            case (.json, true, false): 0x70  // p
            case (.json, false, true): 0x69  // i
            case (.json, true, true): 0x71  // q
            case (.html, _, _): 0x68  // h
            default: 0x74  // t
            }
        self.fingerprint = fingerprint
    }

    /// Appends the tag with its quotes: 19 bytes.
    func append(to out: inout ByteBuffer) {
        out.append(0x22)
        out.append(letter)
        out.append(hexadecimal: fingerprint, width: 16)
        out.append(0x22)
    }

    /// Whether a list of tags names this one, compared weakly: `If-None-Match`.
    ///
    /// - Throws: EINVAL where it is no list of tags.
    func isNamed(in header: Span<UInt8>) throws(Failure) -> Bool {
        if header.trimmed.equalsIgnoringCase("*") { return true }
        var own = ByteBuffer()
        append(to: &own)
        var isNamed = false
        var list = EntityTagList(header)
        while let tag = try list.next() {
            isNamed = isNamed || header.extracting(tag.start..<tag.end).equals(own.span)
        }
        return isNamed
    }

    /// The fingerprints that a list of strong tags names, whatever their form: `If-Match`.
    ///
    /// - Returns: nil for `*`, which asks only that there is something.
    /// - Throws: EINVAL where it is no list of tags.
    static func fingerprints(in header: Span<UInt8>) throws(Failure) -> [UInt64]? {
        if header.trimmed.equalsIgnoringCase("*") { return nil }
        var fingerprints: [UInt64] = []
        var list = EntityTagList(header)
        while let tag = try list.next() {
            // A weak tag never matches here (RFC 9110, 13.1.1), and one that is not ours matches nothing.
            guard !tag.isWeak, tag.end - tag.start == 19 else { continue }
            if let value = hexadecimal(header.extracting((tag.start + 2)..<(tag.end - 1))) {
                fingerprints.append(value)
            }
        }
        return fingerprints
    }

    private static func hexadecimal(_ text: Span<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39: value = value << 4 | UInt64(text[index] - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(text[index] - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}

/// The tags of a header, one after the other.
struct EntityTagList: ~Escapable {
    /// Where a tag stands, with its quotes.
    struct Tag {
        let start: Int
        let end: Int
        let isWeak: Bool
    }

    private let text: Span<UInt8>
    private var offset = 0

    /// Starts at the first one.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// The next tag, or nil at the end.
    ///
    /// - Throws: EINVAL where something else stands there.
    @_lifetime(self: copy self)
    mutating func next() throws(Failure) -> Tag? {
        while offset < text.count, text[offset] == 0x2C || text[offset] == 0x20 || text[offset] == 0x09 { offset += 1 }
        if offset == text.count { return nil }
        let isWeak = offset + 1 < text.count && text[offset] == 0x57 && text[offset + 1] == 0x2F
        if isWeak { offset += 2 }
        let start = offset
        guard offset < text.count, text[offset] == 0x22,
            let length = text.extracting((start + 1)..<text.count).firstIndex(of: 0x22)
        else { throw Failure(.invalidArgument, "an entity tag stands in quotes, or is *") }
        offset = start + length + 2
        return Tag(start: start, end: offset, isWeak: isWeak)
    }
}
