/// One record of a batch: what is to be done to some neighbouring pages.
struct BatchRecord: Equatable {
    /// Bytes of a record's header, in a request and in an answer.
    static let headerBytes = 16

    /// What is to be done.
    let operation: PageOperation
    /// The first page.
    let first: UInt64
    /// How many pages: 1 and more.
    let count: Int
    /// Where in the body the pages of a put begin.
    let offset: Int

    /// The pages.
    var pages: Range<UInt64> { first..<(first + UInt64(count)) }

    /// The letter that stands for the operation.
    var letter: UInt8 {
        switch operation {
        case .put: 0x50
        case .get: 0x47
        case .discard: 0x44
        }
    }

    /// The operation that a letter stands for.
    static func operation(_ letter: UInt8) -> PageOperation? {
        switch letter {
        case 0x50: .put
        case 0x47: .get
        case 0x44: .discard
        default: nil
        }
    }
}
