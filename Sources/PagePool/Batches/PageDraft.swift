internal import Bytes

/// A page as it will be stored, made outside every lock: an entry that says everything, or an object in a buffer.
struct PageDraft {
    /// The entry where no object is needed.
    let entry: TableEntry?
    /// How the object's own bytes are to be read.
    let form: TableEntry.Form
    /// Where the object's own bytes are.
    let bytes: Range<Int>

    /// A page that needs no object.
    init(_ entry: TableEntry) {
        self.entry = entry
        form = TableEntry.Form(kind: .same)
        bytes = 0..<0
    }

    /// A page with an object.
    init(_ form: TableEntry.Form, _ bytes: Range<Int>) {
        entry = nil
        self.form = form
        self.bytes = bytes
    }

    /// The class of its object; nil where it needs none.
    var classNumber: Int? { entry == nil ? ClassShape.number(for: bytes.count) : nil }

    /// What statistics and tracepoints say is stored.
    var storedBytes: Int {
        if entry != nil { return 0 }
        switch form.kind {
        case .compressed: return bytes.count
        case .huge: return PagePool.pageBytes
        case .same: return 0
        }
    }
}

/// What a batch needs beside contexts, used again by the next one.
struct BatchScratch: ~Copyable {
    /// Bytes of ``frames`` that are kept from one batch to the next.
    private static let framesBytesKept = 1 << 20

    /// Objects on their way.
    var frames = ByteBuffer(capacity: 0)
    /// What becomes of the pages of a record.
    var drafts: [PageDraft] = []

    /// Gives much memory back.
    mutating func shrink() {
        frames.removeAll()
        frames.shrink(to: Self.framesBytesKept)
    }
}
