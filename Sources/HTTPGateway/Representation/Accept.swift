internal import Bytes
internal import PseudoFS

/// An `Accept` header (RFC 9110, 12.5.1), read without copying.
struct Accept: ~Escapable {
    private let header: Span<UInt8>

    /// Wraps the header's value; empty stands for a header that did not come: everything is welcome.
    @_lifetime(copy header)
    init(_ header: Span<UInt8>) { self.header = header.trimmed }

    /// Whether everything is equally welcome.
    var isAnything: Bool { header.isEmpty || header.equalsIgnoringCase("*/*") }

    /// The form that is most welcome; of those equally so the one that was named most precisely, then the first.
    ///
    /// - Parameter forms: the default first.
    /// - Returns: nil where none is acceptable.
    func preferred(among forms: [Form]) -> Form? {
        if isAnything { return forms.first }
        var best: (form: Form, weight: Weight)?
        for form in forms {
            var weight = weight(of: form.mediaType, isText: form.isText)
            // Who asks for JSON gets lines of it where there is nothing else.
            if form == .ndjson, !forms.contains(.json) {
                weight = max(weight, self.weight(of: Form.json.mediaType, isText: false))
            }
            if weight.quality > 0, best.map({ $0.weight < weight }) ?? true { best = (form, weight) }
        }
        return best?.form
    }

    /// Whether something is acceptable.
    func takes(_ mediaType: StaticString, isText: Bool) -> Bool {
        isAnything || weight(of: mediaType, isText: isText).quality > 0
    }

    /// Whether text is acceptable and JSON is not.
    var wantsOnlyText: Bool {
        !isAnything && weight(of: "application/problem+json", isText: false).quality == 0
            && weight(of: "application/json", isText: false).quality == 0
            && weight(of: "text/plain", isText: true).quality > 0
    }

    /// How welcome something is: its quality in thousandths, and how precisely it was named.
    private struct Weight: Comparable {
        var quality = 0
        var precision = 0

        static func < (left: Weight, right: Weight) -> Bool {
            (left.quality, left.precision) < (right.quality, right.precision)
        }
    }

    /// The weight that the most precise range that matches gives.
    private func weight(of mediaType: StaticString, isText: Bool) -> Weight {
        var weight = Weight()
        var start = 0
        for end in 0...header.count where end == header.count || header[end] == 0x2C {
            let range = header.extracting(start..<end)
            start = end + 1
            let typeEnd = range.firstIndex(of: 0x3B) ?? range.count
            let type = range.extracting(0..<typeEnd).trimmed
            let precision =
                if type.equalsIgnoringCase(mediaType) {
                    3
                } else if type.equalsIgnoringCase(isText ? "text/*" : "application/*") {
                    2
                } else if type.equalsIgnoringCase("*/*") { 1 } else { 0 }
            guard precision > weight.precision, let quality = Self.quality(range.extracting(typeEnd..<range.count))
            else { continue }
            weight = Weight(quality: quality, precision: precision)
        }
        return weight
    }

    /// The `q` among the parameters of a range, in thousandths; nil where it is broken.
    private static func quality(_ parameters: Span<UInt8>) -> Int? {
        var start = 0
        for end in 0...parameters.count where end == parameters.count || parameters[end] == 0x3B {
            let parameter = parameters.extracting(start..<end).trimmed
            start = end + 1
            guard parameter.count >= 2, parameter[0] | 0x20 == 0x71, parameter[1] == 0x3D else { continue }
            return thousandths(parameter.extracting(2..<parameter.count))
        }
        return 1000
    }

    /// `0.5` as 500: a digit 0 or 1, and at most three behind the point.
    private static func thousandths(_ text: Span<UInt8>) -> Int? {
        guard text.count >= 1, text.count <= 5, text[0] == 0x30 || text[0] == 0x31 else { return nil }
        if text.count > 1, text[1] != 0x2E { return nil }
        var value = Int(text[0] - 0x30) * 1000
        var place = 100
        for index in 2..<max(text.count, 2) {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            value += Int(text[index] - 0x30) * place
            place /= 10
        }
        return value <= 1000 ? value : nil
    }
}
