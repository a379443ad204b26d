internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The body of a write that came as JSON: `{"value": …}`.
enum WrittenValue {
    /// What `echo` would have written.
    ///
    /// - Parameter body: the document.
    /// - Returns: a number's text, `1` or `0`, a string as it is, a list's elements one a line.
    /// - Throws: EINVAL about the content: it is no JSON, has other members, or a value that no file takes.
    static func text(of body: Span<UInt8>) throws(Failure) -> ByteBuffer {
        let document = try JSONBody.object(body)
        if let other = document.first(where: { $0.name != "value" }) {
            throw refused("unknown member \"\(other.name)\"; known is value")
        }
        guard let member = document.first else { throw refused("the member \"value\" is missing") }
        var out = ByteBuffer()
        if case .array(let elements) = member.value {
            for element in elements {
                try append(element, to: &out)
                out.append(0x0A)
            }
        } else {
            try append(member.value, to: &out)
        }
        return out
    }

    private static func append(_ value: JSONValue, to out: inout ByteBuffer) throws(Failure) {
        switch value {
        case .boolean(let flag): out.append(flag ? 0x31 : 0x30)
        case .number(let text), .string(let text): out.append(text)
        case .null, .array, .object:
            throw refused("a value is a number, a boolean, a string, or a list of those")
        }
    }

    private static func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content) }
}

/// A body that must be a JSON object.
enum JSONBody {
    /// Reads it.
    ///
    /// - Throws: EINVAL about the content, with the offset of what does not belong.
    static func object(_ body: Span<UInt8>) throws(Failure) -> [JSONValue.Member] {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONReader.document(body)
        } catch {
            throw Failure(.invalidArgument, "not JSON at byte \(error.offset): \(error.reason)", subject: .content)
        }
        guard let members = document.members else {
            throw Failure(.invalidArgument, "a JSON object is expected", subject: .content)
        }
        return members
    }
}
