/// What there is of memory, at one moment.
public struct MemoryOutlook: Sendable, Equatable {
    /// Bytes that the machine has, or the control group may use.
    public var totalBytes: UInt64
    /// Bytes that can be had without swapping.
    public var availableBytes: UInt64

    /// Describes a moment.
    public init(totalBytes: UInt64, availableBytes: UInt64) {
        self.totalBytes = totalBytes
        self.availableBytes = availableBytes
    }
}

/// Who knows how scarce memory is: the system, or a test.
public protocol MemorySource: AnyObject, Sendable {
    /// How it is now; some files are read.
    var outlook: MemoryOutlook { get }

    /// Tells from now on whenever memory is scarce, and sleeps otherwise. Called once.
    ///
    /// - Parameter heard: called by a thread of the source's own, with the reason in a few words.
    /// - Returns: whether it can tell; where it cannot, it is asked for ``outlook`` as pools grow.
    func listen(_ heard: @escaping @Sendable (String) -> Void) -> Bool
}
