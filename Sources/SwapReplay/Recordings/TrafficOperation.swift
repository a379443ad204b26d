/// One operation on one page, as a tracepoint of a pool told it.
public struct TrafficOperation: Sendable, Equatable {
    /// What was done. The raw values stand in recordings.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The page was stored, or stored anew.
        case put = 0
        /// It was read.
        case get = 1
        /// It was given up.
        case discard = 2
        /// Its object went to the backing store.
        case spill = 3

        /// What the tracepoint is called, behind `page_`, and what people call it.
        public var name: String {
            switch self {
            case .put: "put"
            case .get: "get"
            case .discard: "discard"
            case .spill: "spill"
            }
        }
    }

    /// Bytes of a page: all pages of all recordings have as many.
    public static let pageBytes = 4096
    /// Sectors of 512 bytes that a page has.
    public static let sectorsPerPage: UInt64 = 8

    /// What was done.
    public var kind: Kind
    /// Where: the page's first sector of 512 bytes.
    public var sector: UInt64
    /// Bytes of its object: 0 for a page that repeats one word, ``pageBytes`` for one that is kept as it is.
    public var storedBytes: UInt32
    /// How long it took, in nanoseconds.
    public var nanoseconds: UInt64
    /// When it was told of, in nanoseconds of the recording's clock.
    public var time: UInt64

    /// Describes an operation.
    public init(kind: Kind, sector: UInt64, storedBytes: UInt32, nanoseconds: UInt64, time: UInt64) {
        self.kind = kind
        self.sector = sector
        self.storedBytes = storedBytes
        self.nanoseconds = nanoseconds
        self.time = time
    }

    /// The page's number.
    public var page: UInt64 { sector / Self.sectorsPerPage }
}
