/// A write that is under way: it takes its bytes as they come, however many, and keeps no more of them than it must.
///
/// It holds what it writes to strongly, and so outlives its node, but not its subject. One thread at a time uses it, and
/// ends it exactly once: by ``finish()``, or by ``abandon()``, which comes after a ``write(_:)`` that threw, too.
public protocol OpenWrite: AnyObject, Sendable {
    /// Takes what comes next.
    ///
    /// - Parameter bytes: any number of them; whoever writes has nothing to align.
    /// - Throws: what the file reports; it takes nothing more then.
    func write(_ bytes: Span<UInt8>) throws(Failure)

    /// Takes what was written for all there is.
    ///
    /// - Throws: what the file reports. It is over then, too.
    func finish() throws(Failure)

    /// Lets go: what is missing will not come. What the file makes of what came says the file.
    func abandon()
}

extension OpenWrite {
    /// A write that has all its bytes at once.
    ///
    /// - Throws: what the file reports; it was abandoned then, or over.
    public func writeAll(_ bytes: Span<UInt8>) throws(Failure) {
        do throws(Failure) {
            try write(bytes)
        } catch {
            abandon()
            throw error
        }
        try finish()
    }
}
