/// Which file a pool's cold pages are to go to.
public struct BackingChoice: Sendable, Equatable {
    /// Its name in the ``BackingDirectory``.
    public var name: String
    /// Bytes that it is to have: it is made, or grows, where it has fewer; 0 takes it as it is.
    public var bytes: UInt64

    /// Describes a file.
    public init(name: String, bytes: UInt64 = 0) {
        self.name = name
        self.bytes = bytes
    }
}
