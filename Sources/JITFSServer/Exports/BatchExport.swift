internal import PseudoFS

/// `/batch`: many requests in one, answered by the front.
enum BatchExport {
    static let entry = DirectoryTableEntry<Always>.file(
        "batch",
        .requests(
            mode: 0o222,
            parameters: [
                Parameter(
                    "stop_on_error", .flag, verbs: .append, summary: "The first request that is refused is the last.")
            ], summary: "Takes requests, one a line, and answers each with a line."))
}
