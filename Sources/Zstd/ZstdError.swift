internal import CZstd

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

    /// What one of the library's functions returned.
    init(code: Int) {
        let name = unsafe String(cString: ZSTD_getErrorName(code))
        self.init(reason: name, offset: 0)
    }

    /// There is no memory for a context.
    static var noMemory: ZstdError { ZstdError(reason: "no memory", offset: 0) }
}
