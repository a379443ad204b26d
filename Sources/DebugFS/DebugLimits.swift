/// How much a ``DebugFS`` takes.
public struct DebugLimits: Sendable {
    /// Entries at a time, directories included. `debugfs_entries` under `/sys/limits`.
    public var entriesMax: Int
    /// Bytes of all strings, blobs, arrays and links together. `debugfs_bytes` under `/sys/limits`.
    public var bytesMax: Int
    /// Bytes of one string: a page without the kernel's NUL.
    public var stringBytesMax: Int
    /// Bytes of one blob, or array.
    public var blobBytesMax: Int
    /// Names in a path below the root of the file system.
    public var depthMax: Int

    /// The defaults of the contract.
    public init(
        entriesMax: Int = 1 << 20, bytesMax: Int = 64 << 20, stringBytesMax: Int = 4095, blobBytesMax: Int = 1 << 20,
        depthMax: Int = 60
    ) {
        self.entriesMax = entriesMax
        self.bytesMax = bytesMax
        self.stringBytesMax = stringBytesMax
        self.blobBytesMax = blobBytesMax
        self.depthMax = depthMax
    }
}
