public import Bytes
internal import CZstd

/// A context that unpacks, to be kept and used again: 96 KiB (libzstd 1.5.4). One thread at a time, as its one owner
/// sees to.
@safe public struct ZstdDecompressor: ~Copyable, @unchecked Sendable {
    // Sendable: the context has exactly one owner, this noncopyable value.

    private let context: OpaquePointer
    /// Whether the last frame was unpacked with a dictionary, which the context still points to.
    private var hasDictionary = false

    /// Makes a context.
    ///
    /// - Parameter frame: what the frames look like that it is given.
    /// - Throws: ``ZstdError`` where there is no memory.
    public init(_ frame: ZstdFrame) throws(ZstdError) {
        guard let made = unsafe ZSTD_createDCtx() else { throw .noMemory }
        unsafe context = unsafe made
        guard case .bare = frame else { return }
        // `ZSTD_d_format`, which the header defines as a macro that is not imported.
        unsafe _ = ZSTD_DCtx_setParameter(
            made, ZSTD_d_experimentalParam1, Int32(ZSTD_f_zstd1_magicless.rawValue))
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Unpacks one frame.
    ///
    /// - Parameters:
    ///   - frame: the whole of it, and nothing else.
    ///   - dictionary: the one that it was packed with, or none.
    ///   - sizeMax: the most bytes that may come out; so much room is made.
    ///   - bytes: appended to; as it was where an error is thrown.
    /// - Throws: ``ZstdError`` for what is no frame, is damaged, is cut short or is larger.
    public mutating func decompress(
        _ frame: Span<UInt8>, dictionary: ZstdDictionary? = nil, sizeMax: Int, into bytes: inout ByteBuffer
    ) throws(ZstdError) {
        if let dictionary {
            unsafe _ = ZSTD_DCtx_refDDict(context, dictionary.forUnpacking)
            hasDictionary = true
        } else if hasDictionary {
            unsafe _ = ZSTD_DCtx_refDDict(context, nil)
            hasDictionary = false
        }
        // Read until the frame is unpacked, and never after: the next call sets another one first.
        defer { withExtendedLifetime(dictionary) {} }
        let context = unsafe context
        try bytes.append(upTo: sizeMax) { output throws(ZstdError) in
            let result = unsafe output.withUnsafeMutableBufferPointer { room, written in
                let result = unsafe frame.withUnsafeBufferPointer { source in
                    unsafe ZSTD_decompressDCtx(context, room.baseAddress, room.count, source.baseAddress, source.count)
                }
                written = ZSTD_isError(result) == 0 ? result : 0
                return result
            }
            if ZSTD_isError(result) != 0 { throw ZstdError(code: result) }
        }
    }
}
