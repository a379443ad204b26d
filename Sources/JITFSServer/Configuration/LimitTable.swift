internal import Bytes

/// The limits by the names of `--limit NAME=VALUE` and `/sys/limits`: one row each, and nowhere else.
public struct LimitTable: Sendable {
    /// One limit.
    public struct Row: Sendable {
        /// Its name.
        public let name: String
        /// One sentence with the unit.
        public let summary: String
        /// The least that makes sense.
        let least: UInt64
        /// The most that is taken.
        let most: UInt64
        /// Whether another value holds at once, while the server runs. The others are given to libmicrohttpd's threads
        /// at the start.
        var isLive = true

        /// What is taken.
        var bounds: ClosedRange<UInt64> { least...most }
    }

    static let rows: [Row] = [
        Row(name: "connections", summary: "Connections that are answered at a time.", least: 1, most: 1 << 20),
        Row(
            name: "connections_per_address", summary: "Connections of one address; loopback is free.", least: 1,
            most: 1 << 20),
        Row(name: "streams", summary: "Held GETs at a time.", least: 1, most: 1 << 20),
        Row(name: "body_bytes", summary: "Bytes of a body that is taken whole.", least: 4096, most: 1 << 32),
        Row(
            name: "header_bytes", summary: "Bytes of a request's line and headers.", least: 1024, most: 1 << 20,
            isLive: false),
        Row(
            name: "request_seconds",
            summary: "Seconds from a request's first byte to its last; of a body taken as it comes, for each 64 KiB.",
            least: 1, most: 86400, isLive: false),
        Row(name: "instances", summary: "Tracing instances beside the top one.", least: 1, most: 1 << 20),
        Row(name: "events", summary: "Events in the catalogue, those of ftrace/ not counted.", least: 16, most: 65504),
        Row(name: "pools", summary: "Page pools.", least: 1, most: 65536),
        Row(name: "batch_pages", summary: "Pages in all records of one batch.", least: 1, most: 1 << 20),
        Row(name: "batch_requests", summary: "Requests in one batch.", least: 1, most: 1 << 20),
        Row(name: "nodes", summary: "Nodes in the cache.", least: 64, most: 1 << 24),
        Row(name: "owners", summary: "Owners of entries that have a name in the tree.", least: 1, most: 1 << 20),
        Row(
            name: "watched_entries", summary: "Entries of a directory that is watched.", least: 1, most: 1 << 24,
            isLive: false),
        Row(name: "debugfs_entries", summary: "Entries of debugfs.", least: 1, most: 1 << 32, isLive: false),
        Row(
            name: "debugfs_bytes", summary: "Bytes that strings, blobs, arrays and links of debugfs hold together.",
            least: 4096, most: 1 << 40, isLive: false),
        Row(
            name: "host_file_bytes", summary: "Bytes of a file of the system without a length of its own.", least: 4096,
            most: 1 << 30, isLive: false),
        Row(
            name: "host_files", summary: "Files of the system that are open for /host.", least: 16, most: 1 << 20,
            isLive: false),
        Row(
            name: "host_seconds", summary: "Seconds that a request waits for the system.", least: 1, most: 3600,
            isLive: false),
        Row(name: "unions", summary: "Union directories in the root.", least: 1, most: 65536),
        Row(name: "buffers_bytes", summary: "Bytes of all ring buffers.", least: 4 << 20, most: 1 << 50),
    ]

    private var values: [String: UInt64]

    /// The defaults of the contract.
    ///
    /// - Parameter memoryBytes: the machine's memory, of which the ring buffers may take a quarter.
    public init(memoryBytes: UInt64) {
        values = [
            "connections": 4096, "connections_per_address": 256, "streams": 16384, "body_bytes": 8 << 20,
            "header_bytes": 16 << 10, "request_seconds": 30, "instances": 65536, "events": 60000, "pools": 256,
            "batch_pages": 1024, "batch_requests": 4096, "nodes": 65536, "owners": 4096, "watched_entries": 100_000,
            "unions": 64, "debugfs_entries": 1 << 20, "debugfs_bytes": 64 << 20, "host_file_bytes": 16 << 20,
            "host_files": 1024, "host_seconds": 5,
            "buffers_bytes": max(memoryBytes / 4, 4 << 20),
        ]
        precondition(values.count == Self.rows.count && Self.rows.allSatisfy { values[$0.name] != nil })
    }

    /// A limit by its name; one that is not in the table traps.
    public subscript(_ name: String) -> UInt64 {
        guard let value = values[name] else { preconditionFailure("no limit \(name)") }
        return value
    }

    /// A limit as an Int.
    func int(_ name: String) -> Int { Int(clamping: self[name]) }

    /// Takes a value that was found to be within the bounds of its row.
    mutating func set(_ row: Row, to value: UInt64) { values[row.name] = value }

    /// Takes `NAME=VALUE`, as the command line gives it.
    ///
    /// - Parameter text: the value is a whole number, with K, M, G or T for powers of 1024.
    /// - Throws: a sentence for people: no such limit, no number, out of bounds.
    public mutating func set(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ConfigurationError("--limit takes NAME=VALUE, not \(text)") }
        guard let row = Self.rows.first(where: { $0.name == parts[0] }) else {
            let names = Self.rows.map(\.name).joined(separator: ", ")
            throw ConfigurationError("there is no limit \(parts[0]); there are \(names)")
        }
        guard let value = Size.parse(parts[1]) else {
            throw ConfigurationError("\(parts[1]) is no number; \(row.name) takes one such as 4096 or 8M")
        }
        guard value >= row.least, value <= row.most else {
            throw ConfigurationError("\(row.name) is \(row.least) to \(row.most), not \(value)")
        }
        values[row.name] = value
    }
}

extension LimitTable {
    /// The table as the help text shows it.
    public static var help: String {
        let defaults = ServerConfiguration().limits
        return rows.map { row in
            let name = row.name + String(repeating: " ", count: 26 - row.name.utf8.count)
            return "  \(name)\(row.summary) Default: \(defaults[row.name])"
        }.joined(separator: "\n")
    }
}
