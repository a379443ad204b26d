internal import Bytes
internal import PseudoFS
internal import Synchronization

/// One number, in place: every type from `u8` to `bool`.
final class NumberEntry: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the number is atomic.

    /// Its low bits; a signed number is extended to all 64.
    let bits: Atomic<UInt64>

    init(name: EntryName, type: DebugType, mode: UInt16, identity: UInt64, bits: UInt64) {
        self.bits = Atomic(bits)
        super.init(name: name, type: type, mode: mode, identity: identity)
    }

    override func value() -> Value { type.value(of: bits.load(ordering: .relaxed)) }

    override func appendText(to out: inout ByteBuffer) {
        out.append(text: bits.load(ordering: .relaxed), of: type)
    }

    override func write(_ bytes: Span<UInt8>) throws(Failure) { store(try type.bits(of: bytes)) }

    /// The order tells whoever begins to watch either of the new number or of the flag that it asks for.
    func store(_ new: UInt64) { bits.store(new, ordering: .sequentiallyConsistent) }
}
