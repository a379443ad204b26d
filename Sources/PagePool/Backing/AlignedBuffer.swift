internal import Bytes
internal import Glibc

/// Memory that a device may be read into and written from without the page cache: aligned to a block.
///
/// Used by one thread at a time, as what owns it says.
@safe final class AlignedBuffer: @unchecked Sendable {
    // Sendable: used by one thread at a time; the address never changes.

    /// How many bytes there are.
    let count: Int
    private let base: UnsafeMutableRawPointer

    /// All zero.
    init(count: Int) {
        precondition(count > 0 && count.isMultiple(of: ClusterShape.blockBytes), "whole blocks")
        self.count = count
        unsafe base = .allocate(byteCount: count, alignment: ClusterShape.blockBytes)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    deinit { unsafe base.deallocate() }

    /// Where it begins: for system calls.
    @unsafe var address: UnsafeMutableRawPointer { unsafe base }

    /// The bytes.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span<UInt8>(
                _unsafeStart: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Sets all bytes to zero.
    func clear() { unsafe _ = memset(base, 0, count) }

    /// Puts bytes at a place.
    func replace(at offset: Int, with bytes: Span<UInt8>) {
        precondition(offset >= 0 && bytes.count <= count - offset, "beyond the buffer")
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Puts a little-endian number at a place.
    func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        precondition(offset >= 0 && MemoryLayout<Number>.size <= count - offset, "beyond the buffer")
        unsafe (base + offset).storeBytes(of: number.littleEndian, as: Number.self)
    }

    /// The little-endian number at a place.
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        precondition(offset >= 0 && MemoryLayout<Number>.size <= count - offset, "beyond the buffer")
        return unsafe Number(littleEndian: (base + offset).loadUnaligned(as: type))
    }
}
