/// How a dictionary's bytes are taken.
public enum PageDictionaryKind: UInt8, Sendable, CaseIterable {
    /// As bytes to refer to; frames have entropy tables of their own. Smaller and a little slower.
    case raw = 1
    /// As bytes to refer to, and the entropy tables of the pages that it was trained on, which frames share. Faster both ways,
    /// and smaller only where pages are alike.
    case full = 2

    /// `raw`, `full`.
    public var name: String { self == .raw ? "raw" : "full" }
}

/// Bytes that pages are likely to have in common, made ready for the contexts of every thread.
///
/// What was compressed with one is given back with the same content only. It is read by many threads at once.
public protocol PageDictionary: AnyObject, Sendable {
    /// Its bytes, from which it can be made again; a copy.
    var content: [UInt8] { get }
    /// Bytes of memory that it takes, content included.
    var memoryBytes: Int { get }
}
