public import Bytes
internal import CZstd

/// A context that packs, to be kept and used again: 74 KiB at level 1, 90 at 3, 276 from 12 on (libzstd 1.5.4).
///
/// ```swift
/// var compressor = try ZstdCompressor(.bare)
/// try compressor.compress(page, level: 1, into: &frame)
/// ```
/// One thread at a time, which its one owner sees to.
@safe public struct ZstdCompressor: ~Copyable, @unchecked Sendable {
    // Sendable: the context has exactly one owner, this noncopyable value.

    private let context: OpaquePointer
    private var level: Int?
    /// Whether the last frame was packed with a dictionary, which the context still points to.
    private var hasDictionary = false

    /// Makes a context.
    ///
    /// - Parameter frame: what its frames look like.
    /// - Throws: ``ZstdError`` where there is no memory.
    public init(_ frame: ZstdFrame) throws(ZstdError) {
        guard let made = unsafe ZSTD_createCCtx() else { throw .noMemory }
        unsafe context = unsafe made
        guard case .bare = frame else { return }
        // Setting these cannot fail: they are constants, in range, before any frame was begun. Windows, tables and
        // strategies are left to the library: what was tried by hand for 4 KiB was always slower and mostly larger.
        unsafe _ = ZSTD_CCtx_setParameter(made, .magicless, Int32(ZSTD_f_zstd1_magicless.rawValue))
        unsafe _ = ZSTD_CCtx_setParameter(made, ZSTD_c_contentSizeFlag, 0)
        unsafe _ = ZSTD_CCtx_setParameter(made, ZSTD_c_dictIDFlag, 0)
        unsafe _ = ZSTD_CCtx_setParameter(made, ZSTD_c_checksumFlag, 1)
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Packs bytes into one frame.
    ///
    /// - Parameters:
    ///   - bytes: any number of them.
    ///   - level: -7...22; others are brought into range by the library. Costs nothing where it is the last call's. With a
    ///     dictionary, that one's level holds instead.
    ///   - dictionary: what ``ZstdDecompressor`` will be given too.
    ///   - frame: appended to; as it was where an error is thrown.
    /// - Throws: ``ZstdError``, which only a lack of memory can cause.
    public mutating func compress(
        _ bytes: Span<UInt8>, level: Int, dictionary: ZstdDictionary? = nil, into frame: inout ByteBuffer
    ) throws(ZstdError) {
        if level != self.level {
            unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
            self.level = level
        }
        if let dictionary {
            unsafe _ = ZSTD_CCtx_refCDict(context, dictionary.forPacking)
            hasDictionary = true
        } else if hasDictionary {
            unsafe _ = ZSTD_CCtx_refCDict(context, nil)
            hasDictionary = false
        }
        // Read until the frame is made, and never after: the next call sets another one first.
        defer { withExtendedLifetime(dictionary) {} }
        let context = unsafe context
        try frame.append(upTo: ZSTD_compressBound(bytes.count)) { output throws(ZstdError) in
            let result = unsafe output.withUnsafeMutableBufferPointer { room, written in
                let result = unsafe bytes.withUnsafeBufferPointer { source in
                    unsafe ZSTD_compress2(context, room.baseAddress, room.count, source.baseAddress, source.count)
                }
                written = ZSTD_isError(result) == 0 ? result : 0
                return result
            }
            if ZSTD_isError(result) != 0 { throw ZstdError(code: result) }
        }
    }
}

extension ZSTD_cParameter {
    /// `ZSTD_c_format`, which the header defines as a macro that is not imported.
    fileprivate static var magicless: ZSTD_cParameter { ZSTD_c_experimentalParam2 }
}
