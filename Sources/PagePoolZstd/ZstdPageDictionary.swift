internal import Bytes
internal import PagePool
internal import SystemPackage
internal import Zstd

/// zstd's dictionary as a pool has it.
final class ZstdPageDictionary: PageDictionary {
    let dictionary: ZstdDictionary
    var content: [UInt8] { dictionary.content }
    var memoryBytes: Int { dictionary.memoryBytes }

    /// Makes content ready for pages.
    ///
    /// - Throws: ENOMEM; EINVAL where content is to be a full dictionary and is none.
    init(_ content: Span<UInt8>, kind: PageDictionaryKind, level: Int) throws(Errno) {
        // The library says nil for either; a full dictionary begins with its magic number (RFC 8878, 5).
        let magic: [UInt8] = [0x37, 0xA4, 0x30, 0xEC]
        if kind == .full, content.count < 8 || !content.extracting(0..<4).equals(magic.span) { throw .invalidArgument }
        do throws(ZstdError) {
            dictionary = try ZstdDictionary(
                content, kind: kind == .full ? .full : .raw, level: level, sizeHint: PagePool.pageBytes)
        } catch {
            throw .noMemory
        }
    }
}
