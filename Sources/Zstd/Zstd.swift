internal import CZstd

/// Zstandard (RFC 8878), as far as files that are imported need it.
///
/// ```swift
/// let text = try Zstd.decompress(file, limit: 64 << 20)
/// ```
public enum Zstd {
    /// Unpacks a sequence of frames.
    ///
    /// - Parameters:
    ///   - bytes: one frame or several one behind the other, skippable ones too; nothing else.
    ///   - limit: the most bytes that may come out; memory grows with what does, not with what a header says.
    /// - Returns: what was packed. No bytes give no bytes.
    /// - Throws: ``ZstdError`` for what is no frame, is damaged, is cut short or is larger than the limit.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(ZstdError) -> [UInt8] {
        try decompress(bytes.span, limit: limit)
    }

    /// Unpacks a sequence of frames, borrowed; see ``decompress(_:limit:)-([UInt8],_)``.
    public static func decompress(_ bytes: Span<UInt8>, limit: Int) throws(ZstdError) -> [UInt8] {
        guard let context = unsafe ZSTD_createDCtx() else { throw ZstdError(reason: "no memory", offset: 0) }
        defer { unsafe ZSTD_freeDCtx(context) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(ZSTD_DStreamOutSize(), 1))
        var offset = 0
        var pending = 0
        while offset < bytes.count || pending > 0 {
            let step = unsafe try step(context, bytes.extracting(offset..<bytes.count), into: &chunk, at: offset)
            offset += step.consumed
            if output.count + step.produced > limit {
                throw ZstdError(reason: "more than \(limit) bytes come out", offset: offset)
            }
            output += chunk[..<step.produced]
            pending = step.hint
            if step.consumed == 0, step.produced == 0 {
                if pending == 0 { break }
                throw ZstdError(reason: "cut short", offset: offset)
            }
        }
        return output
    }

    /// One call of the library: what it took, what it gave, and whether a frame is unfinished.
    @unsafe private static func step(
        _ context: OpaquePointer, _ bytes: Span<UInt8>, into chunk: inout [UInt8], at offset: Int
    ) throws(ZstdError) -> (consumed: Int, produced: Int, hint: Int) {
        let (consumed, produced, hint) = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe chunk.withUnsafeMutableBufferPointer { destination in
                var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var output = unsafe ZSTD_outBuffer(dst: destination.baseAddress, size: destination.count, pos: 0)
                let hint = unsafe ZSTD_decompressStream(context, &output, &input)
                return unsafe (input.pos, output.pos, hint)
            }
        }
        if ZSTD_isError(hint) != 0 {
            let reason = unsafe String(cString: ZSTD_getErrorName(hint))
            throw ZstdError(reason: reason, offset: offset)
        }
        return (consumed, produced, hint)
    }
}
