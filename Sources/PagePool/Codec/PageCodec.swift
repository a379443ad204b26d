public import Bytes
public import SystemPackage

/// What makes pages small: gives out workspaces, and knows nothing of pools.
///
/// One codec serves every pool of a process. zstd's is `ZstdPageCodec`; tests bring one that fails on purpose.
public protocol PageCodec: Sendable {
    /// What a file called `comp_algorithm` calls it: `zstd`.
    var name: String { get }
    /// The levels that ``PageWorkspace/compress(_:level:dictionary:into:)`` takes.
    var levels: ClosedRange<Int> { get }
    /// The level where nobody asks for one.
    var defaultLevel: Int { get }
    /// The level at which pages are recompressed that nobody waits for.
    var recompressionLevel: Int { get }

    /// Makes the contexts that one thread needs, a few hundred kilobytes of memory.
    ///
    /// - Throws: ENOMEM.
    func makeWorkspace() throws(Errno) -> any PageWorkspace

    /// Finds what pages have in common.
    ///
    /// - Parameters:
    ///   - pages: some hundreds, one behind the other.
    ///   - bytesMax: the most bytes to find.
    /// - Returns: a dictionary's content, for either kind.
    /// - Throws: ENODATA where they are too few or have nothing in common; ENOMEM.
    func trainDictionary(on pages: Span<UInt8>, bytesMax: Int) throws(Errno) -> [UInt8]

    /// Makes a dictionary ready.
    ///
    /// - Parameters:
    ///   - content: of any bytes for ``PageDictionaryKind/raw``, else as ``trainDictionary(on:bytesMax:)`` gave them.
    ///   - kind: how the content is taken.
    ///   - level: at which it compresses, whatever level a workspace is told.
    /// - Returns: the dictionary.
    /// - Throws: ENOMEM; EINVAL where the content is not of that kind.
    func makeDictionary(
        _ content: Span<UInt8>, kind: PageDictionaryKind, level: Int
    ) throws(Errno) -> any PageDictionary
}

/// The codec's contexts, used by one thread at a time.
public protocol PageWorkspace: AnyObject {
    /// Compresses a page.
    ///
    /// - Parameters:
    ///   - page: ``PagePool/pageBytes`` bytes.
    ///   - level: one of the codec's.
    ///   - dictionary: one of this codec's, whose level holds then; or none.
    ///   - frame: appended to; what was appended carries its own checksum. May be longer than the page.
    /// - Throws: EIO where the codec fails.
    func compress(
        _ page: Span<UInt8>, level: Int, dictionary: (any PageDictionary)?, into frame: inout ByteBuffer
    ) throws(Errno)

    /// Gives a page back.
    ///
    /// - Parameters:
    ///   - frame: what ``compress(_:level:dictionary:into:)`` appended.
    ///   - dictionary: the one that it was compressed with.
    ///   - page: appended to, ``PagePool/pageBytes`` bytes; as it was where an error is thrown.
    /// - Throws: EBADMSG where the frame is damaged: its checksum is wrong, or what comes out is no page.
    func decompress(
        _ frame: Span<UInt8>, dictionary: (any PageDictionary)?, into page: inout ByteBuffer
    ) throws(Errno)
}
