/// What a device does, whatever it is bound to: ``Device`` without its context's type.
@usableFromInline
struct DeviceOperations: Sendable {
    @usableFromInline let size: @Sendable (Binding) throws(Failure) -> UInt64
    @usableFromInline let open: @Sendable (Binding, Range<UInt64>) throws(Failure) -> any OpenFile
    @usableFromInline let write: @Sendable (Binding, UInt64) throws(Failure) -> any OpenWrite
    @usableFromInline let discard: @Sendable (Binding, Range<UInt64>) throws(Failure) -> Void

    @usableFromInline
    init(
        size: @escaping @Sendable (Binding) throws(Failure) -> UInt64,
        open: @escaping @Sendable (Binding, Range<UInt64>) throws(Failure) -> any OpenFile,
        write: @escaping @Sendable (Binding, UInt64) throws(Failure) -> any OpenWrite,
        discard: @escaping @Sendable (Binding, Range<UInt64>) throws(Failure) -> Void
    ) {
        self.size = size
        self.open = open
        self.write = write
        self.discard = discard
    }
}

/// A file that is bytes by their position, as a block device is: what `pread`, `pwrite` and `BLKDISCARD` do.
///
/// Every range that comes in lies within the size that was asked for just before; the device may have shrunk since.
public struct Device<Context: NodeContext>: Sendable {
    /// Gives how many bytes there are.
    public typealias Size = @Sendable (Context) throws(Failure) -> UInt64
    /// Opens a range for reading: exactly so many bytes come out, unless the device goes meanwhile.
    public typealias Opener = @Sendable (Context, Range<UInt64>) throws(Failure) -> any OpenFile
    /// Begins a write from a position on, whose bytes are taken as they come.
    public typealias Writer = @Sendable (Context, UInt64) throws(Failure) -> any OpenWrite
    /// Gives a range up: it reads as zeros then.
    public typealias Discarder = @Sendable (Context, Range<UInt64>) throws(Failure) -> Void

    @usableFromInline let operations: DeviceOperations

    /// Describes a device.
    ///
    /// - Parameters:
    ///   - size: gives how many bytes there are.
    ///   - open: opens a range for reading.
    ///   - write: begins a write; what was taken before it fails or is abandoned stays written.
    ///   - discard: gives a range up.
    @inlinable
    public init(
        size: @escaping Size, open: @escaping Opener, write: @escaping Writer, discard: @escaping Discarder
    ) {
        operations = DeviceOperations(
            size: { binding throws(Failure) in try size(Context.of(binding)) },
            open: { binding, range throws(Failure) in try open(Context.of(binding), range) },
            write: { binding, offset throws(Failure) in try write(Context.of(binding), offset) },
            discard: { binding, range throws(Failure) in try discard(Context.of(binding), range) })
    }
}
