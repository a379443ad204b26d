public import Bytes
public import SystemPackage

/// What makes pages small: gives out workspaces, and knows nothing of pools.
///
/// One codec serves every pool of a process. zstd's is `ZstdPageCodec`; tests bring one that fails on purpose.
public protocol PageCodec: Sendable {
    /// What a file called `comp_algorithm` calls it: `zstd`.
    var name: String { get }
    /// The levels that ``PageWorkspace/compress(_:level:into:)`` takes.
    var levels: ClosedRange<Int> { get }
    /// The level where nobody asks for one.
    var defaultLevel: Int { get }

    /// Makes the contexts that one thread needs, a few hundred kilobytes of memory.
    ///
    /// - Throws: ENOMEM.
    func makeWorkspace() throws(Errno) -> any PageWorkspace
}

/// The codec's contexts, used by one thread at a time.
public protocol PageWorkspace: AnyObject {
    /// Compresses a page.
    ///
    /// - Parameters:
    ///   - page: ``PagePool/pageBytes`` bytes.
    ///   - level: one of the codec's.
    ///   - frame: appended to; what was appended carries its own checksum. May be longer than the page.
    /// - Throws: EIO where the codec fails.
    func compress(_ page: Span<UInt8>, level: Int, into frame: inout ByteBuffer) throws(Errno)

    /// Gives a page back.
    ///
    /// - Parameters:
    ///   - frame: what ``compress(_:level:into:)`` appended.
    ///   - page: appended to, ``PagePool/pageBytes`` bytes; as it was where an error is thrown.
    /// - Throws: EBADMSG where the frame is damaged: its checksum is wrong, or what comes out is no page.
    func decompress(_ frame: Span<UInt8>, into page: inout ByteBuffer) throws(Errno)
}
