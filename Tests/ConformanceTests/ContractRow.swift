/// A request, and what the contract promises for it. Rows are run in their order, on one server.
struct ContractRow: Sendable {
    let request: Request
    let note: String
    let status: Int
    let mediaType: String?
    /// The whole body, where it is known.
    var body: String?
    /// What the body holds.
    var parts: [String] = []
    var expectedHeaders: [String: String] = [:]
    /// Whether it tells of what the server has done so far, which differs between two of them.
    var isChanging = false

    /// A row that is answered with something.
    init(
        _ note: String, _ method: String, _ target: String, _ headers: [(String, String)], sends: String? = nil,
        _ status: Int, _ mediaType: String? = "application/json", is body: String? = nil, has parts: [String] = [],
        with expected: [String: String] = [:]
    ) {
        self.note = note
        request = Request(method, target, headers, body: sends)
        self.status = status
        self.mediaType = mediaType
        self.body = body
        self.parts = parts
        expectedHeaders = expected
    }

    /// A row without headers.
    init(
        _ note: String, _ method: String, _ target: String, sends: String? = nil, _ status: Int,
        _ mediaType: String? = "application/json", is body: String? = nil, has parts: [String] = [],
        with expected: [String: String] = [:]
    ) {
        self.init(note, method, target, [], sends: sends, status, mediaType, is: body, has: parts, with: expected)
    }

    /// A row whose body tells of what the server has done so far.
    static func changing(
        _ note: String, _ method: String, _ target: String, _ headers: [(String, String)], _ status: Int,
        _ mediaType: String, has parts: [String]
    ) -> ContractRow {
        var row = ContractRow(note, method, target, headers, status, mediaType, has: parts)
        row.isChanging = true
        return row
    }

    /// A row that is refused: a problem with that errno.
    static func refused(
        _ note: String, _ method: String, _ target: String, _ headers: [(String, String)], sends: String? = nil,
        _ status: Int, _ errno: String, with expected: [String: String] = [:]
    ) -> ContractRow {
        ContractRow(
            note, method, target, headers, sends: sends, status, "application/problem+json",
            has: method == "HEAD" ? [] : ["\"status\":\(status)", "\"errno\":\"\(errno)\""], with: expected)
    }

    /// A row without headers that is refused.
    static func refused(
        _ note: String, _ method: String, _ target: String, sends: String? = nil, _ status: Int, _ errno: String,
        with expected: [String: String] = [:]
    ) -> ContractRow {
        refused(note, method, target, [], sends: sends, status, errno, with: expected)
    }

    /// The headers that both transports must agree on.
    static let comparedHeaders = [
        "allow", "cache-control", "content-security-policy", "content-type", "etag", "location", "retry-after", "vary",
        "www-authenticate", "x-content-type-options",
    ]

    /// A body without what differs between two servers: times, which have nine digits or more, and so do their parts; and
    /// the pages of a trace.dat, which have them as bytes.
    static func steady(_ body: String) -> String {
        body.replacing(#/\d+\.\d{3,}|\d{9,}/#, with: "N").replacing(#/options  \x00[\s\S]*/#, with: "")
    }
}
