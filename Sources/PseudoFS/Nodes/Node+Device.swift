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

    /// Begins a write to a device.
    ///
    /// - Parameter offset: where the first byte goes; whoever writes sees to it that all lie within ``size()``.
    /// - Returns: what takes the bytes; what it took stays written, however it ends.
    /// - Throws: as ``size()``, and what the device reports.
    public func openWrite(at offset: UInt64) throws(Failure) -> any OpenWrite { try device().write(binding, offset) }

    /// Gives up a range of a device: it reads as zeros then.
    ///
    /// - Parameter range: within ``size()``.
    /// - Throws: as ``openWrite(at:)``.
    public func discard(_ range: Range<UInt64>) throws(Failure) { try device().discard(binding, range) }

    private func device() throws(Failure) -> DeviceOperations {
        try live()
        guard let device = entry.file?.device else { throw Failure(.notSupported, "it is no device") }
        return device
    }
}
