internal import CZstd

/// Bytes that what is packed is likely to have in common, made ready once for any number of contexts.
///
/// ```swift
/// let content = try ZstdDictionary.train(on: pages.span, sampleBytes: 4096, bytesMax: 16 << 10)
/// let dictionary = try ZstdDictionary(content.span, kind: .full, level: 1, sizeHint: 4096)
/// try compressor.compress(page, level: 1, dictionary: dictionary, into: &frame)
/// ```
/// A frame does not say which dictionary it was packed with: who unpacks it with another, or with none, gets an error,
/// or wrong bytes where the frame has no checksum.
@safe public final class ZstdDictionary: @unchecked Sendable {
    // Sendable: content and tables are immutable once they are made; contexts only read them.

    /// How a dictionary's bytes are taken.
    public enum Kind: Sendable {
        /// As nothing but bytes to refer to; each frame has entropy tables of its own. Any bytes will do.
        case raw
        /// As what ``ZstdDictionary/train(on:sampleBytes:bytesMax:)`` makes: bytes to refer to and the entropy tables of the
        /// samples, which frames use instead of their own where they are small. Faster both ways, and larger where the data
        /// is not all alike.
        case full
    }

    /// How its bytes are taken.
    public let kind: Kind
    /// The level it is for: a context that packs with it takes this level, whatever else it was told.
    public let level: Int
    /// Bytes of memory: content and the tables of both directions, 92 KiB for 16 KiB of content at level 1 (libzstd 1.5.4).
    public let memoryBytes: Int
    private let bytes: UnsafeMutableRawBufferPointer
    private let packing: OpaquePointer
    private let unpacking: OpaquePointer

    /// Makes a dictionary ready: about 30 us for 16 KiB at level 1.
    ///
    /// - Parameters:
    ///   - content: its bytes, which are copied.
    ///   - kind: how they are taken.
    ///   - level: for packing.
    ///   - sizeHint: how many bytes will be packed at once; the tables are made for that.
    /// - Throws: ``ZstdError`` where there is no memory, and where content is to be a full dictionary and is none.
    public init(_ content: Span<UInt8>, kind: Kind, level: Int, sizeHint: Int) throws(ZstdError) {
        self.kind = kind
        self.level = level
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
        unsafe content.withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
        let count = content.count
        contentBytes = count
        let type = kind == .full ? ZSTD_dct_fullDict : ZSTD_dct_rawContent
        let parameters = ZSTD_getCParams(Int32(clamping: level), UInt64(sizeHint), count)
        let packing = unsafe ZSTD_createCDict_advanced(
            bytes.baseAddress, count, ZSTD_dlm_byRef, type, parameters, ZSTD_customMem())
        let unpacking = unsafe ZSTD_createDDict_advanced(
            bytes.baseAddress, count, ZSTD_dlm_byRef, type, ZSTD_customMem())
        guard let packing = unsafe packing, let unpacking = unsafe unpacking else {
            unsafe _ = ZSTD_freeCDict(packing)
            unsafe _ = ZSTD_freeDDict(unpacking)
            unsafe bytes.deallocate()
            throw ZstdError(reason: "no memory, or no dictionary", offset: 0)
        }
        unsafe self.bytes = unsafe bytes
        unsafe self.packing = unsafe packing
        unsafe self.unpacking = unsafe unpacking
        unsafe memoryBytes = bytes.count + ZSTD_sizeof_CDict(packing) + ZSTD_sizeof_DDict(unpacking)
    }

    deinit {
        unsafe _ = ZSTD_freeCDict(packing)
        unsafe _ = ZSTD_freeDDict(unpacking)
        unsafe bytes.deallocate()
    }

    /// Its bytes, a copy.
    public var content: [UInt8] { unsafe [UInt8](bytes.prefix(contentBytes)) }
    /// How many there are.
    public let contentBytes: Int

    /// For contexts that pack; lives as long as this.
    @unsafe var forPacking: OpaquePointer { unsafe packing }
    /// For contexts that unpack; lives as long as this.
    @unsafe var forUnpacking: OpaquePointer { unsafe unpacking }

    // MARK: training

    /// How training looks at samples: segments of `k` bytes are chosen by how many samples have their sequences of `d` bytes,
    /// counted in 2^`f` buckets; `accel` looks at a part of them only (fastCover, zdict.h).
    ///
    /// The default is what came out best for pages of 4 KiB among k of 32 to 1,024 and d of 6 and 8; 256 pages take 9 ms.
    public struct Training: Sendable {
        /// Bytes of a segment, 16 to 2,048.
        public var k: Int
        /// Bytes of what is counted: 6 or 8.
        public var d: Int
        /// The logarithm of the number of counters, of four bytes each.
        public var f: Int
        /// 1 to 10; 4 counts every fourth sequence.
        public var accel: Int

        /// Describes a training.
        public init(k: Int = 256, d: Int = 6, f: Int = 16, accel: Int = 4) {
            self.k = k
            self.d = d
            self.f = f
            self.accel = accel
        }
    }

    /// Makes a dictionary's content of samples.
    ///
    /// - Parameters:
    ///   - samples: one behind the other.
    ///   - sampleBytes: of each.
    ///   - bytesMax: of the content; 256 at least.
    ///   - training: how.
    /// - Returns: a full dictionary's bytes.
    /// - Throws: ``ZstdError`` where there are too few samples, they have too little in common, or there is no memory.
    public static func train(
        on samples: Span<UInt8>, sampleBytes: Int, bytesMax: Int, _ training: Training = Training()
    ) throws(ZstdError) -> [UInt8] {
        precondition(sampleBytes > 0 && samples.count % sampleBytes == 0, "whole samples")
        var parameters = ZDICT_fastCover_params_t()
        parameters.k = UInt32(clamping: training.k)
        parameters.d = UInt32(clamping: training.d)
        parameters.f = UInt32(clamping: training.f)
        parameters.accel = UInt32(clamping: training.accel)
        let sizes = [Int](repeating: sampleBytes, count: samples.count / sampleBytes)
        var content = [UInt8](repeating: 0, count: bytesMax)
        let result = unsafe content.withUnsafeMutableBytes { room in
            unsafe samples.withUnsafeBytes { source in
                unsafe sizes.withUnsafeBufferPointer { sizes in
                    unsafe ZDICT_trainFromBuffer_fastCover(
                        room.baseAddress, room.count, source.baseAddress, sizes.baseAddress, UInt32(sizes.count),
                        parameters)
                }
            }
        }
        if ZDICT_isError(result) != 0 { throw ZstdError(code: result) }
        content.removeLast(bytesMax - result)
        return content
    }
}
