internal import PseudoFS

extension Form {
    /// What `Accept` calls it.
    var mediaType: StaticString {
        switch self {
        case .json: "application/json"
        case .text: "text/plain"
        case .html: "text/html"
        case .ndjson: "application/x-ndjson"
        case .bytes: "application/octet-stream"
        case .yaml: "application/yaml"
        }
    }

    /// What `Content-Type` calls it.
    var contentType: StaticString {
        switch self {
        case .text: "text/plain; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        default: mediaType
        }
    }

    /// Whether `text/*` means it; everything else is `application/*`.
    var isText: Bool { self == .text || self == .html }

    /// Whether it is made of JSON.
    var isJSON: Bool { self == .json || self == .ndjson }
}
