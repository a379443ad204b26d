/// How much host trees may take.
public struct HostLimits: Sendable {
    /// Bytes of a file without a length of its own; one that goes on is 413 EFBIG. `host_file_bytes` under
    /// `/sys/limits`.
    public var fileBytesMax: Int
    /// Descriptors that all host trees have open together; one more is 503 EMFILE. `host_files` under `/sys/limits`.
    public var filesMax: Int
    /// How long a server thread waits for a system call. `host_seconds` under `/sys/limits`.
    public var seconds: UInt64

    /// The defaults.
    public init(fileBytesMax: Int = 16 << 20, filesMax: Int = 1024, seconds: UInt64 = 5) {
        self.fileBytesMax = fileBytesMax
        self.filesMax = filesMax
        self.seconds = seconds
    }
}
