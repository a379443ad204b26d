/// How much one request, and all of them together, may take.
public struct GatewayLimits: Sendable {
    /// Bytes of a body that is taken whole; one more is 413 EFBIG. `body_bytes` under `/sys/limits`.
    public var bodyBytes: Int
    /// Held GETs at a time; one more is 503 EMFILE. `streams` under `/sys/limits`.
    public var streams: Int
    /// Requests of one batch; one more is 400 E2BIG. `batch_requests` under `/sys/limits`.
    public var batchRequests: Int
    /// Entries of a directory that is watched: they are held, to tell what came and went. One more is 413 EFBIG.
    /// `watched_entries` under `/sys/limits`.
    public var watchedEntries: Int
    /// Bytes that are rendered before an answer becomes a stream: what ends before is sent whole, in one piece.
    public var bufferedBytes: Int
    /// Up to here a body is collected even where its file would take it as it comes: one look at the path, one answer.
    public var collectedBytes: Int
    /// What a client is told to wait after a 503.
    public var retryAfterSeconds: Int

    /// The defaults of the contract.
    public init(
        bodyBytes: Int = 8 << 20, streams: Int = 16384, bufferedBytes: Int = 64 << 10, retryAfterSeconds: Int = 1,
        collectedBytes: Int = 64 << 10, batchRequests: Int = 4096, watchedEntries: Int = 100_000
    ) {
        self.bodyBytes = bodyBytes
        self.streams = streams
        self.bufferedBytes = bufferedBytes
        self.collectedBytes = min(collectedBytes, bodyBytes)
        self.retryAfterSeconds = retryAfterSeconds
        self.batchRequests = batchRequests
        self.watchedEntries = watchedEntries
    }
}
