public import Bytes

/// What one call of ``OpenFile/read(into:limit:)`` came to.
public enum ReadStep: Sendable, Equatable {
    /// Something was appended, or could be; ask again.
    case more
    /// Nothing to read now. The wake-up is armed: it will be called once when there is, or when the file has ended.
    case wouldBlock
    /// There will be nothing more. What was appended in this call still counts.
    case end
}

/// A file opened for reading: it holds what it reads strongly, and so outlives its node, but not its subject.
///
/// One thread at a time reads; `close` may come from another and is called exactly once by whoever opened it.
public protocol OpenFile: AnyObject, Sendable {
    /// Renders what comes next, in the form it was opened with.
    ///
    /// - Parameters:
    ///   - buffer: appended to.
    ///   - limit: stop soon after so many bytes; a record is never cut.
    /// - Returns: whether to ask again, to wait, or to stop. A subject that has been removed gives `.end`.
    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep

    /// Sets what is called, at most once for each `.wouldBlock`, when it is worth reading again.
    ///
    /// - Parameter wake: called on any thread, under no lock of ours; must be short. nil takes it away.
    func onReadable(_ wake: (@Sendable () -> Void)?)

    /// Lets go of everything.
    func close()

    /// How many bytes it gives from its opening to its end, where that is known at the opening; it gives no others then.
    var length: UInt64? { get }

    /// Why it ended before its time, where it did: what was given until then is right, and not all.
    var failure: Failure? { get }

    /// When the reader wants the end whatever comes, in seconds from the opening; nil for never; 0 for not waiting.
    var timeoutSeconds: Double? { get }
}

extension OpenFile {
    /// Documents that never wait need no wake-up.
    public func onReadable(_ wake: (@Sendable () -> Void)?) {}
    /// Documents are as long as what they show.
    public var length: UInt64? { nil }
    /// Documents end where they end.
    public var failure: Failure? { nil }
    /// Documents that never wait have no time-out.
    public var timeoutSeconds: Double? { nil }
}
