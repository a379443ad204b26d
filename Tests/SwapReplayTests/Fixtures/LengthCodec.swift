internal import Bytes
internal import PagePool
internal import SystemPackage

/// A codec whose frames have the length that the first two bytes of a page say: what a pool does with lengths is looked at.
struct LengthCodec: PageCodec {
    let name = "length"
    let levels = 0...1
    let defaultLevel = 1
    let recompressionLevel = 1

    func makeWorkspace() throws(Errno) -> any PageWorkspace { LengthWorkspace() }

    func trainDictionary(on pages: Span<UInt8>, bytesMax: Int) throws(Errno) -> [UInt8] { throw .noData }

    func makeDictionary(
        _ content: Span<UInt8>, kind: PageDictionaryKind, level: Int
    ) throws(Errno) -> any PageDictionary { throw .noMemory }

    /// A page with a frame of so many bytes, 2 to 4031; 4096 for one that does not compress, 0 for one of zeros.
    static func page(_ length: Int) -> [UInt8] {
        [UInt8(length & 0xFF), UInt8(length >> 8)] + [UInt8](repeating: 0, count: 4094)
    }
}

private final class LengthWorkspace: PageWorkspace {
    func compress(
        _ page: Span<UInt8>, level: Int, dictionary: (any PageDictionary)?, into frame: inout ByteBuffer
    ) throws(Errno) {
        frame.append(page.extracting(0..<2))
        frame.append(repeating: UInt8(0), count: Int(page[0]) + Int(page[1]) << 8 - 2)
    }

    func decompress(
        _ frame: Span<UInt8>, dictionary: (any PageDictionary)?, into page: inout ByteBuffer
    ) throws(Errno) {
        page.append(frame.extracting(0..<2))
        page.append(repeating: UInt8(0), count: 4094)
    }
}
