/// A live client connection, as procfs shows it: what a process is to the kernel's.
///
/// Nothing of it is kept by procfs: what is asked for is read at that moment. Any thread.
public protocol Client: Sendable {
    /// The name of its directory, in decimal; no other client ever has the same.
    var number: UInt64 { get }
    /// Whether it is over: an atomic load. From then on there is no directory, and what is open below it ends.
    var isClosed: Bool { get }
    /// What is known of it now.
    var report: ClientReport { get }

    /// Has it end; does nothing where it has.
    ///
    /// - Parameter afterAnswer: whether the request that is being answered on it is answered first: for who ends his own.
    func close(afterAnswer: Bool)

    /// Has something called once it is over, under no lock; at once where it is.
    ///
    /// - Returns: what takes it back.
    func whenClosed(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

/// The live clients. An embedder's own, a server's connections, or a list made up for a test or a benchmark. Any thread.
public protocol ClientTable: Sendable {
    /// The client of a number; nil where there is none. Asked at every walk that comes by: 100 ns at most.
    func client(_ number: UInt64) -> (any Client)?
    /// All of them, in any order. Asked once a listing.
    var clients: [any Client] { get }
}
