internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The entries of a directory as they were at one look: 24 bytes each, and the names in one buffer.
final class EntryList: Sendable {
    private struct Entry: Sendable {
        /// Where its name ends; it begins where that of the entry before ends.
        let nameEnd: Int
        let inode: UInt64
        let mode: UInt16
        let kind: Declaration.Kind
    }

    private let names: [UInt8]
    private let entries: [Entry]
    /// Where the symbolic links among them lead.
    private let targets: [Int: String]
    /// The entries by the bytes of their names; nil where they stand so.
    private let order: [Int]?
    /// Another for other entries.
    let fingerprint: UInt64

    /// Reads a directory.
    ///
    /// - Parameters:
    ///   - reader: the directory, from its beginning.
    ///   - countMax: how many entries it may have.
    /// - Throws: EFBIG for more.
    init(_ reader: DirectoryReader, countMax: Int) throws(Failure) {
        var names: [UInt8] = []
        var entries: [Entry] = []
        var targets: [Int: String] = [:]
        var isSorted = true
        var last = 0
        while let entry = reader.next() {
            if entries.count == countMax {
                throw Failure(.fileTooLarge, "a directory of more than \(countMax) entries is not watched")
            }
            let start = names.count
            names.append(contentsOf: entry.name.utf8)
            if !entries.isEmpty, isSorted {
                isSorted = names.span.extracting(last..<start).precedes(names.span.extracting(start..<names.count))
            }
            last = start
            if let target = entry.target { targets[entries.count] = target }
            entries.append(
                Entry(
                    nameEnd: names.count, inode: UInt64(reader.inode.rawValue), mode: entry.declaration.mode,
                    kind: entry.declaration.kind))
        }
        var fingerprint = Hash64.of(names.span, seed: UInt64(entries.count))
        for (index, entry) in entries.enumerated() {
            fingerprint = Hash64.mix(
                fingerprint ^ entry.inode, UInt64(entry.mode) << 32 ^ UInt64(entry.nameEnd) ^ 0x9E37_79B9_7F4A_7C15)
            if entry.kind == .symlink, let target = targets[index] {
                fingerprint = Hash64.of(target.utf8Span.span, seed: fingerprint)
            }
        }
        self.targets = targets
        self.names = names
        self.entries = entries
        self.fingerprint = fingerprint
        order = isSorted ? nil : Self.sorted(entries, names)
    }

    private static func sorted(_ entries: [Entry], _ names: [UInt8]) -> [Int] {
        func name(_ index: Int) -> Range<Int> { (index == 0 ? 0 : entries[index - 1].nameEnd)..<entries[index].nameEnd }
        return entries.indices.sorted { names.span.extracting(name($0)).precedes(names.span.extracting(name($1))) }
    }

    /// How many there are.
    var count: Int { entries.count }

    private func name(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : entries[index - 1].nameEnd)..<entries[index].nameEnd
    }

    private func place(_ index: Int) -> Int { order?[index] ?? index }

    /// Appends them as a listing has them: `{"name":"a","type":"file","mode":"0640"},…`.
    func appendJSON(to out: inout ByteBuffer) {
        for index in entries.indices { append(index, isFirst: index == 0, to: &out) }
    }

    private func append(_ index: Int, isFirst: Bool, to out: inout ByteBuffer) {
        let names = names
        out.append(isFirst ? "{\"name\":" as StaticString : ",{\"name\":")
        out.append(jsonString: names.span.extracting(name(index)))
        out.append(",\"type\":\"")
        out.append(entries[index].kind.word)
        out.append("\",\"mode\":\"")
        out.append(octal: UInt64(entries[index].mode), width: 4)
        out.append(0x22)
        if let target = targets[index] {
            out.append(",\"target\":")
            out.append(jsonString: target)
        }
        out.append(0x7D)
    }

    /// Appends what was added and what was removed since an earlier look: `"added":[{…}],"removed":["b"]`.
    ///
    /// Names are compared in one pass over both lists. What was removed and made again in between is in both.
    func appendChanges(since old: EntryList, to out: inout ByteBuffer) {
        var removed = ByteBuffer(capacity: 64)
        let (names, oldNames) = (names, old.names)
        out.append("\"added\":[")
        var isFirst = true
        var mine = 0
        var theirs = 0
        while mine < count || theirs < old.count {
            var step = 0
            if mine == count {
                step = 1
            } else if theirs == old.count {
                step = -1
            } else {
                let name = names.span.extracting(name(place(mine)))
                let other = oldNames.span.extracting(old.name(old.place(theirs)))
                step = name.precedes(other) ? -1 : other.precedes(name) ? 1 : 0
            }
            let isSame = step == 0 && isEqual(place(mine), old, old.place(theirs))
            if step <= 0, !isSame {
                append(place(mine), isFirst: isFirst, to: &out)
                isFirst = false
            }
            if step >= 0, !isSame {
                if !removed.isEmpty { removed.append(0x2C) }
                removed.append(jsonString: oldNames.span.extracting(old.name(old.place(theirs))))
            }
            if step <= 0 { mine += 1 }
            if step >= 0 { theirs += 1 }
        }
        out.append("],\"removed\":[")
        out.append(removed.span)
        out.append(0x5D)
    }

    private func isEqual(_ index: Int, _ other: EntryList, _ otherIndex: Int) -> Bool {
        let (left, right) = (entries[index], other.entries[otherIndex])
        return left.inode == right.inode && left.mode == right.mode && left.kind == right.kind
            && (left.kind != .symlink || targets[index] == other.targets[otherIndex])
    }
}
