public import PagePool
public import SystemPackage
internal import Zstd

/// zstd for pages: magicless frames without sizes, whose own checksum of four bytes is the page's.
///
/// Level 1 makes 1,049 bytes of a mixed page in 11 us and gives it back in 5 (EPYC, libzstd 1.5.4, 2026-11); -1 takes
/// 3.5 us less and a tenth more bytes, 3 one percent less bytes and 1.7 us more. Levels below -1 are slower than lz4
/// and larger; they are there because zstd has them.
public struct ZstdPageCodec: PageCodec {
    /// `zstd`.
    public let name = "zstd"
    /// zstd's own levels.
    public let levels = -7...22
    /// 1.
    public let defaultLevel = 1

    /// A codec has no state; its workspaces have.
    public init() {}

    /// A workspace without contexts yet: they are made when the first page asks for one, so that a thread which only
    /// puts never holds the 96 KiB for getting.
    ///
    /// - Throws: nothing here; the first page may be told ENOMEM.
    public func makeWorkspace() throws(Errno) -> any PageWorkspace { ZstdPageWorkspace() }
}
