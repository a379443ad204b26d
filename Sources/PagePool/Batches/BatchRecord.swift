/// One record of a batch: what is to be done to some neighbouring pages.
struct BatchRecord: Equatable {
    /// Bytes of a record's header, in a request and in an answer.
    static let headerBytes = 16

    /// What can be done, by its letter: what a pool does by itself is none of it.
    enum Operation: UInt8 {
        case put = 0x50
        case get = 0x47
        case discard = 0x44

        /// What is told of it.
        var told: PageOperation {
            switch self {
            case .put: .put
            case .get: .get
            case .discard: .discard
            }
        }
    }

    /// What is to be done.
    let operation: Operation
    /// The first page.
    let first: UInt64
    /// How many pages: 1 and more.
    let count: Int
    /// Where in the body the pages of a put begin.
    let offset: Int

    /// The pages.
    var pages: Range<UInt64> { first..<(first + UInt64(count)) }
}
