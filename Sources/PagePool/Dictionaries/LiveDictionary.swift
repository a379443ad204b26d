internal import Synchronization

/// A dictionary that pages of a pool were compressed with, or are about to be: what its number in table entries stands for.
///
/// Shards and sets of dictionaries refer to it, and so does each get that needs it outside the lock.
final class LiveDictionary: Sendable {
    /// What entries call it, 1 to 255.
    let number: UInt8
    /// How many there were before it in this pool.
    let sequence: UInt64
    /// How its content is taken.
    let kind: PageDictionaryKind
    /// For the codec's contexts.
    let contexts: any PageDictionary
    /// Who wants it kept though no page has it yet: whoever is reading pages in.
    let keepers = Atomic<Int>(0)

    init(number: UInt8, sequence: UInt64, kind: PageDictionaryKind, contexts: any PageDictionary) {
        self.number = number
        self.sequence = sequence
        self.kind = kind
        self.contexts = contexts
    }

    /// Pages of memory that it takes.
    var heldPages: Int { Self.pages(of: contexts) }

    /// Pages of memory that a dictionary takes.
    static func pages(of dictionary: any PageDictionary) -> Int {
        (dictionary.memoryBytes + PagePool.pageBytes - 1) / PagePool.pageBytes
    }
}
