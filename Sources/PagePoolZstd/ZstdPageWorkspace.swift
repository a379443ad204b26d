internal import Bytes
internal import PagePool
internal import SystemPackage
internal import Zstd

/// The pair of contexts, each made at its first use: 74 KiB to compress at level 1, 96 KiB to give back.
final class ZstdPageWorkspace: PageWorkspace {
    private var compressor: ZstdCompressor?
    private var decompressor: ZstdDecompressor?

    func compress(
        _ page: Span<UInt8>, level: Int, dictionary: (any PageDictionary)?, into frame: inout ByteBuffer
    ) throws(Errno) {
        if compressor == nil {
            do throws(ZstdError) { compressor = try ZstdCompressor(.bare) } catch { throw .noMemory }
        }
        do throws(ZstdError) {
            try compressor?.compress(
                page, level: level, dictionary: (dictionary as? ZstdPageDictionary)?.dictionary, into: &frame)
        } catch {
            throw .ioError
        }
    }

    func decompress(
        _ frame: Span<UInt8>, dictionary: (any PageDictionary)?, into page: inout ByteBuffer
    ) throws(Errno) {
        if decompressor == nil {
            do throws(ZstdError) { decompressor = try ZstdDecompressor(.bare) } catch { throw .noMemory }
        }
        let before = page.count
        do throws(ZstdError) {
            try decompressor?.decompress(
                frame, dictionary: (dictionary as? ZstdPageDictionary)?.dictionary, sizeMax: PagePool.pageBytes,
                into: &page)
        } catch {
            throw .badMessage
        }
        if page.count - before != PagePool.pageBytes {
            page.truncate(to: before)
            throw .badMessage
        }
    }
}
