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
        case .pages: "application/vnd.jitfs.pages"
        case .events: "application/vnd.jitfs.events"
        case .snapshot: "application/vnd.jitfs.snapshot"
        case .dat: "application/vnd.jitfs.trace-dat"
        case .chrome: "application/vnd.jitfs.trace-events+json"
        case .yaml: "application/yaml"
        case .prometheus: "text/plain"
        case .openmetrics: "application/openmetrics-text"
        }
    }

    /// The headers of every answer in this form, as ``Reply/addHeaders(_:)`` takes them.
    var headers: StaticString {
        switch self {
        case .json: "Content-Type\0application/json\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .text: "Content-Type\0text/plain; charset=utf-8\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .html: "Content-Type\0text/html; charset=utf-8\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .ndjson: "Content-Type\0application/x-ndjson\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .bytes: "Content-Type\0application/octet-stream\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .pages: "Content-Type\0application/vnd.jitfs.pages\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .events: "Content-Type\0application/vnd.jitfs.events\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .snapshot: "Content-Type\0application/vnd.jitfs.snapshot\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .dat:
            "Content-Type\0application/vnd.jitfs.trace-dat\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .chrome:
            """
            Content-Type\0application/vnd.jitfs.trace-events+json\0\
            Vary\0Accept\0X-Content-Type-Options\0nosniff\0
            """
        case .yaml: "Content-Type\0application/yaml\0Vary\0Accept\0X-Content-Type-Options\0nosniff\0"
        case .prometheus:
            """
            Content-Type\0text/plain; version=0.0.4; charset=utf-8\0\
            Vary\0Accept\0X-Content-Type-Options\0nosniff\0
            """
        case .openmetrics:
            """
            Content-Type\0application/openmetrics-text; version=1.0.0; charset=utf-8\0\
            Vary\0Accept\0X-Content-Type-Options\0nosniff\0
            """
        }
    }

    /// Whether `text/*` means it; everything else is `application/*`.
    var isText: Bool { self == .text || self == .html || self == .prometheus }

    /// Whether a directory in this form is its entries; in any other it is a document.
    var isListing: Bool { self == .json || self == .text || self == .html || self == .ndjson }

    /// Whether it is made of JSON.
    var isJSON: Bool { self == .json || self == .ndjson }
}
