internal import SystemPackage

extension Node {
    /// Bytes that the device has.
    ///
    /// - Throws: ENODEV where what it stands for has been removed; ENOTSUP where it is no device.
    public func size() throws(Failure) -> UInt64 { try device().size(binding) }

    /// Opens a range of a device for reading.
    ///
    /// - Parameter range: within ``size()``; what has gone since is EINVAL.
    /// - Returns: a file that gives exactly these bytes, or fewer and a failure.
    /// - Throws: as ``size()``, and what the device reports.
    public func open(_ range: Range<UInt64>) throws(Failure) -> any OpenFile { try device().open(binding, range) }

    /// Writes to a device.
    ///
    /// - Parameters:
    ///   - bytes: what to write; none is nothing.
    ///   - offset: where the first goes; all lie within ``size()``.
    /// - Throws: as ``size()``, and what the device reports: what was written before that stays written.
    public func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(Failure) {
        try device().write(binding, offset, bytes)
    }

    /// Gives up a range of a device: it reads as zeros then.
    ///
    /// - Parameter range: within ``size()``.
    /// - Throws: as ``write(_:at:)``.
    public func discard(_ range: Range<UInt64>) throws(Failure) { try device().discard(binding, range) }

    private func device() throws(Failure) -> DeviceOperations {
        try live()
        guard let device = entry.file?.device else { throw Failure(.notSupported, "it is no device") }
        return device
    }
}
