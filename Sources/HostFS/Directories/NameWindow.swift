internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The names in a directory of the system in the order of their bytes, in bounded memory however many there are.
///
/// A directory has no order, so for each window the whole of it is read, and those names are kept that come next: 256
/// at first, twice as many each time, 32,768 at most. A million names are read some 40 times then; a page of ten from
/// anywhere among them once.
final class NameWindow: @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.

    /// A name as the system has it, and as it is shown: what is not UTF-8 has U+FFFD there.
    struct Name: Sendable, Equatable {
        let raw: [UInt8]
        let shown: [UInt8]
        let type: FileType?

        func precedes(_ other: Name) -> Bool {
            if shown == other.shown { return raw.span.precedes(other.raw.span) }
            return shown.span.precedes(other.shown.span)
        }
    }

    static let countMin = 256
    static let countMax = 32768

    let directory: Descriptor
    private let isHidden: (@Sendable ([UInt8]) -> Bool)?
    private var names: [Name] = []
    private var position = 0
    private var count: Int
    /// What was given last, or is to be skipped up to: the window begins behind it.
    private var last: Name?
    private var isLast = false
    private var records = [UInt8](repeating: 0, count: 32 << 10)

    /// - Parameters:
    ///   - directory: open for reading; nobody else reads its entries.
    ///   - countMin: names in the first window.
    ///   - isHidden: which names are left out.
    init(_ directory: Descriptor, countMin: Int = countMin, isHidden: (@Sendable ([UInt8]) -> Bool)? = nil) {
        self.directory = directory
        self.isHidden = isHidden
        count = countMin
    }

    /// Names that are held.
    var heldCount: Int { names.count }

    /// Goes on behind a name, whether it is there or not.
    func seek(after name: [UInt8]) {
        // No name that is shown so comes behind this one, whatever its bytes are.
        last = Name(raw: [UInt8](repeating: 0xFF, count: 256), shown: name, type: nil)
        names = []
        position = 0
        isLast = false
    }

    /// The next name, or nil at the end.
    ///
    /// - Throws: ENOENT where the directory has been removed, and what else reading it says.
    func next() throws(Failure) -> Name? {
        if position == names.count {
            if isLast { return nil }
            try fill()
            if names.isEmpty { return nil }
        }
        defer { position += 1 }
        last = names[position]
        return last
    }

    /// Traps where the window contradicts itself; does nothing in a release build.
    func checkInvariants() {
        assert(position <= names.count && names.count <= count && count <= Self.countMax)
        assert(zip(names, names.dropFirst()).allSatisfy { $0.precedes($1) }, "names are not in order")
        if let last, position > 0 { assert(names[position - 1] == last) }
    }

    private func fill() throws(Failure) {
        try directory.rewind()
        var kept: [Name] = []
        var isCut = false
        var bound: Name?
        let last = last
        let count = count
        var isGoingOn = true
        while isGoingOn {
            isGoingOn = try directory.readEntries(using: &records) { bytes, type in
                let raw = [UInt8](copying: bytes)
                let shown = String(exactly: bytes) == nil ? Array(String(repairing: bytes).utf8) : raw
                let name = Name(raw: raw, shown: shown, type: type)
                if let last, !last.precedes(name) { return }
                if let bound, !name.precedes(bound) {
                    isCut = true
                    return
                }
                kept.append(name)
                guard kept.count == count * 2 else { return }
                kept.sort { $0.precedes($1) }
                kept.removeLast(count)
                bound = kept[count - 1]
                isCut = true
            }
        }
        kept.sort { $0.precedes($1) }
        if kept.count > count {
            kept.removeLast(kept.count - count)
            isCut = true
        }
        isLast = !isCut
        position = 0
        self.count = min(count * 2, Self.countMax)
        names = kept
        guard let isHidden, let end = kept.last else { return }
        names = kept.filter { !isHidden($0.raw) }
        // Nothing of this window is shown: the next one may have more.
        if names.isEmpty, isCut {
            self.last = end
            try fill()
        }
    }
}
