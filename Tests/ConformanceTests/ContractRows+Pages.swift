extension ContractRows {
    private static let page = String(repeating: "sixteen bytes ok", count: 256)
    private static let json = [("Accept", "application/json")]

    private static let pagesType = [("Content-Type", "application/vnd.jitfs.pages")]

    /// A record's header, of ASCII.
    private static func record(
        _ letter: String, first: UInt8, count: UInt8, flags: UInt8 = 0, reserved: UInt8 = 0
    ) -> String {
        let header = [flags, reserved, 0, count, 0, 0, 0, first, 0, 0, 0, 0, 0, 0, 0]
        return letter + String(decoding: header, as: UTF8.self)
    }

    private static func badBatch(_ note: String, _ body: String) -> ContractRow {
        .refused("a batch: " + note, "POST", "/pool/p/batch", pagesType, sends: body, 400, "EINVAL")
    }

    /// Batches; the pool has 16 pages, and two of them.
    private static let batches: [ContractRow] = [
        Row("what a batch can do", "OPTIONS", "/pool/p/batch", 204, nil, with: ["allow": "POST, OPTIONS"]),
        .refused("a batch is not read", "GET", "/pool/p/batch", 405, "EOPNOTSUPP"),
        .refused("a batch is not put", "PUT", "/pool/p/batch", pagesType, sends: "", 405, "EOPNOTSUPP"),
        .refused(
            "a batch of no type", "POST", "/pool/p/batch", sends: record("D", first: 2, count: 1), 400, "EINVAL"),
        .refused(
            "a batch for who takes JSON", "POST", "/pool/p/batch", pagesType + json,
            sends: record("D", first: 2, count: 1), 406, "EINVAL"),
        .refused(
            "a batch with parameters", "POST", "/pool/p/batch?raw", pagesType, sends: record("D", first: 2, count: 1),
            400, "EINVAL"),
        badBatch("empty", ""),
        badBatch("unknown operation", record("X", first: 2, count: 1)),
        badBatch("flags", record("D", first: 2, count: 1, flags: 1)),
        badBatch("reserved", record("D", first: 2, count: 1, reserved: 1)),
        badBatch("no pages", record("D", first: 2, count: 0)),
        badBatch("past the end", record("D", first: 15, count: 2)),
        badBatch("truncated, and nothing applied", record("D", first: 2, count: 1) + record("P", first: 2, count: 1)),
        badBatch("a tail", record("D", first: 2, count: 1) + "x"),
        badBatch("past the limit", "D\0\0\0\u{01}\u{04}" + String(repeating: "\0", count: 10)),
        .refused(
            "which record it is", "POST", "/pool/p/batch", pagesType,
            sends: record("D", first: 2, count: 1) + record("D", first: 16, count: 1), 400, "EINVAL"),
        Row("nothing was done", "GET", "/pool/p/pages?raw", 200, "text/plain", is: "2\n10\n"),
        Row("one more page", "PUT", "/pool/p/pages/5", sends: page, 204, nil),
        Row(
            "a batch", "POST", "/pool/p/batch", pagesType,
            sends: record("G", first: 4, count: 2) + record("D", first: 5, count: 1) + record("G", first: 5, count: 1),
            200, "application/vnd.jitfs.pages",
            is: record("G", first: 4, count: 2) + "\u{02}" + page + record("D", first: 5, count: 1)
                + record("G", first: 5, count: 1) + "\0"),
        Row("what a batch left", "GET", "/pool/p/pages?raw", 200, "text/plain", is: "2\n10\n"),
    ]

    /// Bodies that are taken as they come, snapshots, and scrubs.
    private static let snapshots: [ContractRow] = [
        Row(
            "a write that is longer than body_bytes", "PUT", "/pool/p/data", [("Content-Range", "bytes 4090-14089/*")],
            sends: String(repeating: "x", count: 10_000), 204, nil, is: ""),
        Row(
            "what it wrote", "GET", "/pool/p/data", [("Range", "bytes=4088-4091")], 206, "application/octet-stream",
            is: "\0\0xx"),
        .refused(
            "one past the end", "PUT", "/pool/p/data", [("Content-Range", "bytes 1048570-1058569/*")],
            sends: String(repeating: "x", count: 10_000), 416, "EINVAL"),
        .refused(
            "one where nothing is", "PUT", "/pool/q/data", sends: String(repeating: "x", count: 10_000), 404, "ENOENT"),
        Row("a snapshot", "GET", "/pool/p/snapshot", 200, "application/vnd.jitfs.snapshot", has: ["jitfsnap\u{1}\0"]),
        Row("HEAD of it", "HEAD", "/pool/p/snapshot", 200, "application/vnd.jitfs.snapshot", is: ""),
        .refused("a snapshot as JSON", "GET", "/pool/p/snapshot", json, 406, "EINVAL"),
        .refused("written", "PUT", "/pool/p/snapshot", sends: "x", 405, "EOPNOTSUPP"),
        .refused("a restore that is read", "GET", "/pool/p/restore", 405, "EOPNOTSUPP"),
        .refused("of nothing", "PUT", "/pool/p/restore", sends: "", 400, "EINVAL"),
        .refused("of no snapshot", "PUT", "/pool/p/restore", sends: page, 400, "EINVAL"),
        .refused(
            "of a long one", "PUT", "/pool/p/restore", sends: String(repeating: page, count: 20), 400, "EINVAL"),
        .refused(
            "of another version", "PUT", "/pool/p/restore", sends: "jitfsnap\u{2}\0\0\0\0\0\0\0", 400, "EINVAL"),
        .refused("of a part", "PUT", "/pool/p/restore", [("Content-Range", "bytes 0-0/*")], sends: "x", 400, "EINVAL"),
        .refused(
            "for who takes pages only", "PUT", "/pool/p/restore", [("Accept", "text/html")], sends: "x", 406, "EINVAL"),
        Row(
            "after which all is as it was", "GET", "/pool/p/data", [("Range", "bytes=14088-14091")], 206,
            "application/octet-stream", is: "xx\0\0"),
        Row("no scrub yet", "GET", "/pool/p/scrub", 200, has: [#""value":{"state":"never","pages_checked":0,"#]),
        Row(
            "no scrub yet, as text", "GET", "/pool/p/scrub?raw", 200, "text/plain",
            is: """
                state: never
                pages_checked: 0
                pages_total: 0
                pages_damaged: 0
                damaged:
                began_at: 0
                ended_at: 0
                passes: 0

                """),
        .refused("a scrub by a word", "PUT", "/pool/p/scrub", sends: "now", 400, "EINVAL"),
        Row("the end of none", "POST", "/pool/p/scrub", sends: "0", 200, has: [#""value":{"state":"never""#]),
    ]

    /// Pools and their pages.
    static let pages: [ContractRow] =
        [
            Row(
                "mkdir", "POST", "/pool", sends: #"{"name":"p","disksize":"64K","mem_limit":65536,"level":3}"#, 201,
                is: #"{"path":"/pool/p","type":"directory","mode":"0755"}"# + "\n", with: ["location": "/pool/p"]),
            .refused("a pool that exists", "POST", "/pool", sends: #"{"name":"p"}"#, 409, "EEXIST"),
            .refused("a size that is none", "POST", "/pool", sends: #"{"name":"q","disksize":"1.5G"}"#, 400, "EINVAL"),
            .refused("a size below 0", "POST", "/pool", sends: #"{"name":"q","disksize":-1}"#, 400, "EINVAL"),
            .refused("an unknown unit", "POST", "/pool", sends: #"{"name":"q","mem_limit":"1Q"}"#, 400, "EINVAL"),
            .refused("an unknown member", "POST", "/pool", sends: #"{"name":"q","size":1}"#, 400, "EINVAL"),
            Row("no pool came of it", "GET", "/pool?raw", 200, "text/plain", is: "p/\nramzswap0/\n"),
            Row("put", "PUT", "/pool/p/pages/10", sends: page, 204, nil, is: ""),
            Row("get", "GET", "/pool/p/pages/10", 200, "application/octet-stream", is: page),
            Row("get, raw", "GET", "/pool/p/pages/10?raw", 200, "application/octet-stream", is: page),
            Row("HEAD", "HEAD", "/pool/p/pages/10", 200, "application/octet-stream", is: ""),
            Row(
                "what is known about it", "GET", "/pool/p/pages/10", json, 200,
                has: [#""type":"file","mode":"0644","size":4096,"state":"compressed","stored_bytes":"#]),
            Row("put over it", "PUT", "/pool/p/pages/10", sends: String(repeating: "x", count: 4096), 204, nil, is: ""),
            Row(
                "what is known about it now", "GET", "/pool/p/pages/10?format=json", 200,
                has: [#""state":"same","stored_bytes":0,"pattern":"0x7878787878787878"}"#]),
            Row("another", "PUT", "/pool/p/pages/2", sends: page, 204, nil),
            Row("by number", "GET", "/pool/p/pages?raw", 200, "text/plain", is: "2\n10\n"),
            Row("paged", "GET", "/pool/p/pages?limit=1", 200, has: [#""next":"2""#]),
        ] + batches + [
            Row(
                "what can be done", "OPTIONS", "/pool/p/pages/3", 204, nil,
                with: ["allow": "GET, HEAD, PUT, DELETE, OPTIONS"]),
            .refused("nothing there", "GET", "/pool/p/pages/3", 404, "ENODATA"),
            .refused("nothing there to be known", "GET", "/pool/p/pages/3", json, 404, "ENODATA"),
            .refused("no bytes", "PUT", "/pool/p/pages/2", sends: "", 400, "EINVAL"),
            .refused("a byte too few", "PUT", "/pool/p/pages/2", sends: String(page.dropLast()), 400, "EINVAL"),
            .refused("appended", "POST", "/pool/p/pages/2", sends: page, 405, "EOPNOTSUPP"),
            Row("the old version", "GET", "/pool/p/pages/2", 200, "application/octet-stream", is: page),
            .refused("past the end", "PUT", "/pool/p/pages/16", sends: page, 400, "EINVAL"),
            .refused("past the end", "GET", "/pool/p/pages/16", 400, "EINVAL"),
            .refused("past the end", "DELETE", "/pool/p/pages/16", 400, "EINVAL"),
            .refused("no number", "GET", "/pool/p/pages/02", 404, "ENOENT"),
            Row(
                "the failures", "GET", "/pool/p/io_stat", 200,
                has: [#""value":{"failed_reads":0,"failed_writes":0,"invalid_io":5,"notify_free":1}}"#]),
            Row("discard", "DELETE", "/pool/p/pages/10", 204, nil, is: ""),
            Row("discard what is not there", "DELETE", "/pool/p/pages/10", 204, nil, is: ""),
            Row(
                "the memory", "GET", "/pool/p/mm_stat", 200,
                has: [#""value":{"orig_data_size":4096,"compr_data_size":"#]),
            Row("the histogram", "GET", "/pool/p/histogram", 200, has: [#""value":[{"from":0,"to":255,"pages":1},"#]),
            Row("a level", "PUT", "/pool/p/level", sends: "1", 200, has: [#""value":1}"#]),
            .refused("a level that there is not", "PUT", "/pool/p/level", sends: "99", 400, "EINVAL"),
            Row("the algorithm", "GET", "/pool/p/comp_algorithm?raw", 200, "text/plain", is: "[zstd]\n"),
            .refused("another algorithm", "PUT", "/pool/p/comp_algorithm", sends: "lzo", 400, "EINVAL"),
            Row("dictionaries", "GET", "/pool/p/dictionary?raw", 200, "text/plain", is: "[off] auto speed space\n"),
            Row(
                "dictionaries, asked for", "PUT", "/pool/p/dictionary", sends: "space", 200,
                has: [#""value":"space","trainings":0,"failures":0,"pages_sampled":0,"dictionaries":[]}"#]),
            .refused("a policy that there is not", "PUT", "/pool/p/dictionary", sends: "on", 400, "EINVAL"),
            Row(
                "recompression", "GET", "/pool/p/recompress", 200, has: [#""value":{"running":false,"pages_looked":0,"#]
            ),
            Row("nothing to be ended", "PUT", "/pool/p/recompress", sends: "stop", 200, has: [#""running":false"#]),
            .refused("a bad order", "PUT", "/pool/p/recompress", sends: "type=old", 400, "EINVAL"),
            .refused("an unknown word", "PUT", "/pool/p/recompress", sends: "priority=1", 400, "EINVAL"),
            Row("no backing store", "GET", "/pool/p/backing_dev?raw", 200, "text/plain", is: "none\n"),
            .refused("a file without a directory", "PUT", "/pool/p/backing_dev", sends: "x 1M", 400, "EINVAL"),
            .refused("a pool with one", "POST", "/pool", sends: #"{"name":"q","backing":"x"}"#, 400, "EINVAL"),
            Row(
                "its statistics", "GET", "/pool/p/bd_stat", 200,
                has: [#""value":{"bd_count":0,"bd_reads":0,"bd_writes":0,"#]),
            Row("idle", "PUT", "/pool/p/idle", sends: "all", 200, has: [#""written":3}"#]),
            Row("a page's age", "GET", "/pool/p/pages/2", json, 200, has: [#""age":3}"#]),
            .refused("idle since", "PUT", "/pool/p/idle", sends: "86400", 400, "EINVAL"),
            .refused("written to nowhere", "PUT", "/pool/p/writeback", sends: "idle", 400, "EINVAL"),
            Row("what goes out", "PUT", "/pool/p/spill", sends: "half", 200, has: [#""value":"half"}"#]),
            .refused("what there is not", "PUT", "/pool/p/spill", sends: "some", 400, "EINVAL"),
            Row("a limit on writing", "PUT", "/pool/p/writeback_limit", sends: "9", 200, has: [#""value":9}"#]),
            Row("that holds", "PUT", "/pool/p/writeback_limit_enable", sends: "1", 200, has: [#""value":true}"#]),
            Row("a limit that stays", "GET", "/pool/p/mem_limit_mode?raw", 200, "text/plain", is: "[fixed] auto\n"),
            Row("a larger device", "PUT", "/pool/p/disksize", sends: "1M", 200, has: [#""value":1048576}"#]),
            .refused("one too small", "PUT", "/pool/p/disksize", sends: "4K", 409, "EBUSY"),
            .refused("a limit too small", "PUT", "/pool/p/mem_limit", sends: "4K", 409, "EBUSY"),
        ] + snapshots + [
            Row("reset", "PUT", "/pool/p/reset", sends: "1", 200, has: [#""written":1}"#]),
            Row("nothing is left", "GET", "/pool/p/pages?raw", 200, "text/plain", is: ""),
            Row("rmdir", "DELETE", "/pool/p", 204, nil, is: ""),
            .refused("gone", "PUT", "/pool/p/pages/2", sends: page, 404, "ENOENT"),
        ]
}
