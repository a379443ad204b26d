import JITFSServer

/// One measurement in process: a name, and a body that can also run small, as a test that it has not rotted.
struct Benchmark: Sendable {
    /// A line of the table: what was looked at, what is asked of it, what came out.
    struct Row: Sendable {
        let row: String
        let asked: String
        let measured: String
    }

    /// How much is done: `full` to measure, `small` to see that it still works.
    enum Scale: Sendable {
        case full, small

        /// A count for either.
        func count(_ full: Int, small: Int) -> Int { self == .full ? full : small }
    }

    let name: String
    let body: @Sendable (Fixture, Scale) throws -> [Row]

    /// All there are, in the order in which they are printed.
    static let all: [Benchmark] = [
        .lookup, .lookupOnTwoThreads, .recursive, .enableAll, .reserve, .tracepoint, .filter, .traceReading, .posted,
        .pages, .pagesOfAllKinds, .pagesOnTwoThreads, .pagesBatched, .pageMemory, .pageDictionaries, .replay,
        .debugMemory,
    ]
}

/// What is measured: a server with the catalogue, listening nowhere.
struct Fixture: Sendable {
    let server: Server
    /// The directory with the pages of real programs.
    let pages: String

    /// Builds it.
    ///
    /// - Parameters:
    ///   - catalogue: a file or a directory of events.
    ///   - pages: a directory of files of pages, 4096 bytes each.
    /// - Throws: where it cannot be imported.
    init(catalogue: String, pages: String) throws {
        self.pages = pages
        var configuration = ServerConfiguration()
        configuration.importEvents = [catalogue]
        configuration.threads = 2
        server = try Server(configuration)
    }
}
