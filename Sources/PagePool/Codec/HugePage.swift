internal import Bytes
internal import SystemPackage

/// A page that is kept as it is, behind four bytes of checksum.
enum HugePage {
    /// From so many bytes on, a frame is not worth keeping: it saves at most 64 bytes, 1.6 % of a page, and would cost
    /// a decompression at every get where a page kept as it is costs a copy.
    static let frameBytesMin = PagePool.pageBytes - 64
    private static let seed: UInt64 = 0x6A69_7466_7370_6167

    /// Appends the checksum of a page, and the page.
    static func seal(_ page: Span<UInt8>, into object: inout ByteBuffer) {
        let checksum = Hash64.ofMany(page, seed: seed)
        for index in 0..<4 { object.append(UInt8(truncatingIfNeeded: checksum >> UInt64(index * 8))) }
        object.append(page)
    }

    /// Appends the page of an object.
    ///
    /// - Throws: EBADMSG where the checksum is not the page's.
    static func open(_ object: Span<UInt8>, into page: inout ByteBuffer) throws(Errno) {
        let bytes = object.extracting(4..<object.count)
        let checksum = Hash64.ofMany(bytes, seed: seed)
        for index in 0..<4 where object[index] != UInt8(truncatingIfNeeded: checksum >> UInt64(index * 8)) {
            throw .badMessage
        }
        page.append(bytes)
    }
}
