/// What the table holds for one page: eight bytes.
///
/// ```
/// 0                     nothing stored
/// below 2^60            an object
///   in memory           index 0...31 | class 32...41 | pad 42...45 | dictionary 46...53 | age 54...55 | kind 56...57
///                       | 0 | on its way to the backing store 59
///   in the store        place 0...32 | length 33...45 | dictionary 46...53 | age 54...55 | kind 56...57 | 1 | 0
/// from 2^60 on          a page that repeats the word `entry ^ 9 << 60` from end to end
/// ```
/// So a page of zeros is `9 << 60`, and every word but those of top nibble 9 fits; for these there is an object of
/// eight bytes. Instead of an object's length, its class and how much of that is spare: 14 bits instead of 23. A place in
/// the backing store is told in units of 32 bytes: 256 GiB.
struct TableEntry: Equatable {
    /// What an object's own bytes are.
    enum Kind: UInt64, Sendable {
        /// A frame of the codec.
        case compressed = 1
        /// Four bytes of checksum and the page as it is.
        case huge = 2
        /// The eight bytes that the page repeats.
        case same = 3
    }

    /// How an object's own bytes are to be read.
    struct Form: Equatable, Sendable {
        /// What they are.
        let kind: Kind
        /// The dictionary with which they were compressed; 0 for none.
        var dictionary: UInt8 = 0
    }

    /// The bits.
    let bits: UInt64

    /// Nothing stored.
    static let empty = TableEntry(bits: 0)
    private static let flip: UInt64 = 9 << 60
    private static let ageShift: UInt64 = 54
    private static let diskBit: UInt64 = 1 << 58
    private static let leavingBit: UInt64 = 1 << 59

    /// Takes an entry out of a table.
    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    /// An entry for a page that repeats a word; nil where it needs an object.
    @inline(__always)
    init?(repeating word: UInt64) {
        bits = word ^ Self.flip
        if bits < 1 << 60 { return nil }
    }

    /// An entry for an object with so many bytes of its own.
    @inline(__always)
    init(_ form: Form, index: Int, payload: Int) {
        bits =
            UInt64(UInt32(truncatingIfNeeded: index)) | UInt64(ClassShape.number(for: payload)) << 32
            | UInt64(ClassShape.pad(for: payload)) << 42 | UInt64(form.dictionary) << 46 | form.kind.rawValue << 56
    }

    /// Whether nothing is stored.
    var isEmpty: Bool { bits == 0 }
    /// Whether there is an object, in memory or in the backing store.
    var isObject: Bool { bits != 0 && bits < 1 << 60 }
    /// Whether there is an object in the stacks.
    @inline(__always)
    var isInMemory: Bool { isObject && bits & Self.diskBit == 0 }
    /// Whether there is an object in the backing store.
    @inline(__always)
    var isOnDisk: Bool { isObject && bits & Self.diskBit != 0 }
    /// The word that is repeated, where the entry is one.
    var word: UInt64 { bits ^ Self.flip }
    /// The object's place in its class.
    var index: Int { Int(UInt32(truncatingIfNeeded: bits)) }
    /// The object's class.
    var classNumber: Int { Int(bits >> 32 & 0x3FF) }
    /// What the object's own bytes are; nil where there is no object.
    var kind: Kind? { isObject ? Kind(rawValue: bits >> 56 & 3) : nil }
    /// How the object's own bytes are to be read; nil where there is no object.
    var form: Form? { kind.map { Form(kind: $0, dictionary: dictionary) } }
    /// The dictionary with which an object's own bytes were compressed; 0 for none.
    var dictionary: UInt8 { isObject ? UInt8(truncatingIfNeeded: bits >> 46) : 0 }
    /// Bytes of the object's own.
    var payload: Int {
        if bits & Self.diskBit != 0 { return Int(bits >> 33 & 0x1FFF) }
        return (classNumber + 1) * ClassShape.granule - ClassShape.headerBytes - Int(bits >> 42 & 0xF)
    }

    /// The oldest age: it was called idle, and not used since. The clock stops before.
    static let idleAge = 3

    /// How long an object was not used: 0 to 2 by the turns of the clock, or ``idleAge``.
    var age: Int { Int(bits >> Self.ageShift & 3) }

    /// The same object at another age.
    @inline(__always)
    func aged(_ age: Int) -> TableEntry {
        TableEntry(bits: bits & ~(3 << Self.ageShift) | UInt64(age) << Self.ageShift)
    }

    /// Whether an object in memory was copied into a cluster that is being written. Whoever stores the page anew makes
    /// an entry without this mark, and so the copy is worth nothing.
    var isLeaving: Bool { bits & Self.leavingBit != 0 && isObject }

    /// The same object, with or without that mark.
    func leaving(_ isLeaving: Bool) -> TableEntry {
        TableEntry(bits: isLeaving ? bits | Self.leavingBit : bits & ~Self.leavingBit)
    }

    /// Where in the backing store an object is, in units of 32 bytes.
    var place: UInt64 { bits & 0x1_FFFF_FFFF }

    /// The same object in the backing store.
    func spilled(to place: UInt64) -> TableEntry {
        let kept = bits & (0x3FF << 46)
        return TableEntry(bits: place | UInt64(payload) << 33 | kept | (bits & (3 << 56)) | Self.diskBit)
    }

    /// The same object in memory, just used.
    func promoted(to index: Int) -> TableEntry {
        guard let form else { preconditionFailure("no object") }
        return TableEntry(form, index: index, payload: payload)
    }

    /// The same object at another place of its class.
    func moved(to index: Int) -> TableEntry {
        TableEntry(bits: bits & ~0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: index)))
    }

    /// Bytes as the codec gave them, or a whole page; nothing for a page that repeats a word.
    var storedBytes: Int {
        guard isObject else { return 0 }
        switch kind {
        case .compressed: return payload
        case .huge: return PagePool.pageBytes
        case .same, nil: return 0
        }
    }
}
