internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// One line of a batch: `{"method":"PUT","path":"/tracing/tracing_on","body":"1"}`.
///
/// `path` is the target of a request, parameters included, encoded as there. `body` is text, taken as it is; an object,
/// which goes as `application/json`; or a number, a boolean or a list, which stands for `{"value": …}`.
struct RequestLine {
    /// As it would be sent.
    let method: String
    /// As it would be sent: `/tracing/trace_pipe?count=1`.
    let target: String
    /// The bytes of the body; empty where there is none.
    let body: [UInt8]
    /// Whether the body is `application/json`.
    let isJSON: Bool

    /// Reads a line.
    ///
    /// - Throws: EINVAL about the content: it is no JSON, lacks a member or has one too many, or one of another type.
    init(_ line: Span<UInt8>) throws(Failure) {
        var method: String?
        var target: String?
        var body: JSONValue?
        for member in try JSONBody.object(line) {
            switch (member.name, member.value) {
            case ("method", .string(let text)): method = text
            case ("path", .string(let text)): target = text
            case ("body", let value): body = value
            case ("method", _), ("path", _): throw Self.refused("the member \"\(member.name)\" is a string")
            default: throw Self.refused("unknown member \"\(member.name)\"; known are body, method, path")
            }
        }
        guard let method, let target else { throw Self.refused("the members \"method\" and \"path\" are needed") }
        guard ["GET", "PUT", "POST", "DELETE"].contains(method) else {
            throw Self.refused("the method is GET, PUT, POST or DELETE")
        }
        if body != nil, method == "GET" || method == "DELETE" { throw Self.refused("\(method) has no body") }
        self.method = method
        self.target = target
        var bytes = ByteBuffer(capacity: 64)
        switch body {
        case nil, .null: isJSON = false
        case .string(let text):
            bytes.append(text)
            isJSON = false
        case .object(let members):
            bytes.append(json: .object(members))
            isJSON = true
        case .some(let value):
            bytes.append(json: .object([.init(name: "value", value: value)]))
            isJSON = true
        }
        self.body = bytes.array
    }

    private static func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content) }

    /// Calls a closure with each line of a body that is not empty, and its number, the first being 1.
    ///
    /// - Returns: false where the closure said so, and the rest was left out.
    @discardableResult
    static func forEach(
        in body: Span<UInt8>, _ take: (Span<UInt8>, _ number: Int) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        var number = 0
        var start = 0
        while start < body.count {
            let end = body.firstIndex(of: 0x0A, from: start) ?? body.count
            let line = body.extracting(start..<end).trimmed
            number += 1
            start = end + 1
            if !line.isEmpty, try !take(line, number) { return false }
        }
        return true
    }
}
