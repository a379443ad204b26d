internal import PseudoFS

/// The entries of one page of a directory.
struct EntryPager {
    private let reader: DirectoryReader
    private var left: Int
    /// The name that the next page begins behind, once this one is at its end; nil where there is none.
    private(set) var next: String?
    private var last: String?

    /// Begins a page.
    ///
    /// - Parameters:
    ///   - reader: the directory.
    ///   - after: the name behind which the page begins; nil for the first.
    ///   - entryCountMax: how many entries it has at most; nil for all.
    init(_ reader: DirectoryReader, after: String?, entryCountMax: Int?) {
        self.reader = reader
        left = entryCountMax ?? .max
        if let after { reader.seek(after: after.utf8Span.span) }
    }

    /// The next entry, or nil at the end of the page.
    mutating func entry() -> DirectoryEntry? {
        guard left > 0 else {
            if let name = last, reader.next() != nil { next = name }
            last = nil
            return nil
        }
        guard let entry = reader.next() else { return nil }
        left -= 1
        last = entry.name
        return entry
    }

    /// The value of the attribute that ``entry()`` gave last.
    func reading() -> Reading? { reader.reading() }
}
