/// Why bytes could not be unpacked.
public struct ZstdError: Error, Sendable, Equatable {
    /// In libzstd's words where they are its.
    public let reason: String
    /// How many bytes of the packed ones had been taken.
    public let offset: Int

    /// Makes an error.
    public init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
