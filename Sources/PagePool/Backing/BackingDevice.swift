internal import SystemPackage

/// Where clusters are written to: a file or a block device, or in tests one that fails on purpose.
///
/// Reads may come from any thread at any time, writes from one.
protocol BackingDevice: AnyObject, Sendable {
    /// What a file called `backing_dev` calls it.
    var name: String { get }
    /// How many bytes it has.
    var bytes: UInt64 { get }

    /// Reads whole blocks, with one request.
    ///
    /// - Parameters:
    ///   - offset: where, a multiple of a block.
    ///   - count: how many bytes, a multiple of a block; no more than the buffer has.
    ///   - buffer: from its start.
    /// - Throws: EIO and what else the system says; EIO also where there are fewer.
    func read(at offset: UInt64, count: Int, into buffer: AlignedBuffer) throws(Errno)

    /// Writes the whole buffer.
    ///
    /// - Throws: EIO, ENOSPC and what else the system says; part of it may have been written then.
    func write(_ buffer: AlignedBuffer, at offset: UInt64) throws(Errno)

    /// Gives the room of a range back to the file system, where it can.
    ///
    /// - Returns: whether it can.
    func giveBack(_ range: Range<UInt64>) -> Bool
}
