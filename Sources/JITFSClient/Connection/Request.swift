/// What is asked of the server.
struct Request: Sendable {
    /// The forms that an answer may have.
    enum Form: Sendable {
        /// What the kernel's file would give; the bytes of what has no text.
        case text
        /// JSON, or a JSON object a line where the answer is a stream.
        case json

        /// The header for it. Anything at all is better than a refusal: a document may have only a form of its own.
        var accept: String {
            switch self {
            case .text: "text/plain, */*;q=0.1"
            case .json: "application/json, application/x-ndjson, */*;q=0.1"
            }
        }
    }

    /// The verb.
    var method = "GET"
    /// Of what.
    let path: RemotePath
    /// Parameters, not yet encoded; a flag has no value.
    var query: [(name: String, value: String?)] = []
    /// The form of the answer.
    var form = Form.text
    /// The body; nil for none.
    var body: Body?

    /// A body and what it is.
    struct Body: Sendable {
        let bytes: [UInt8]
        let type: String
    }

    /// Path and query as they stand on the request's line.
    var target: String {
        let pairs = query.map { RemotePath.encode($0.name) + ($0.value.map { "=" + RemotePath.encode($0) } ?? "") }
        return path.encoded + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    /// Seconds with six places, never with an exponent, as the server reads them.
    static func seconds(_ seconds: Double) -> String {
        guard let microseconds = UInt64(exactly: (seconds * 1e6).rounded()) else { return "\(UInt64.max / 1_000_000)" }
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
