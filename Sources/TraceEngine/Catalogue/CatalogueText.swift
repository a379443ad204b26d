internal import Bytes

/// A catalogue file, cut into events: what `--import-events` reads.
///
/// For each event a line `# SYSTEM/NAME`, then its `format` text up to the next such line. The file is held once, as it
/// came; an entry is a few numbers that say where its parts stand, and its format is parsed when it is asked for:
///
/// ```swift
/// let catalogue = CatalogueText(bytes)
/// catalogue.entries.count                                     // 2323
/// let format = try catalogue.format(of: catalogue.entries[0])
/// ```
///
/// Cutting validates every field line and compiles nothing: 2,323 events (2 MB) take some 10 ms.
public struct CatalogueText: Sendable {
    /// One event of the file.
    public struct Entry: Sendable, Equatable {
        /// Where the system's name stands.
        let system: Range<Int32>
        /// Where the event's name stands.
        let name: Range<Int32>
        /// Where its format text stands.
        let format: Range<Int32>
        /// The line of its `# SYSTEM/NAME`, counted from 1.
        public let line: Int
    }

    /// What is wrong with a part of the file; that part is left out.
    public struct Problem: Error, Sendable, Equatable {
        /// The line, counted from 1.
        public let line: Int
        /// What is wrong, in words.
        public let reason: String
    }

    /// The file, as it came.
    public let bytes: [UInt8]
    /// The events that are sound, in the order of the file.
    public private(set) var entries: [Entry] = []
    /// What was left out, in the order of the file.
    public private(set) var problems: [Problem] = []
    /// The largest file taken.
    public static var sizeMax: Int { 1 << 30 }

    /// Cuts a file and validates its formats.
    ///
    /// - Parameter bytes: the file, unpacked. What cannot be used is listed in ``problems``, never thrown.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count <= Self.sizeMax else {
            problems.append(Problem(line: 1, reason: "the file has more than \(Self.sizeMax) bytes"))
            return
        }
        var cutter = CatalogueCutter(bytes.span)
        while let part = cutter.next() {
            switch part {
            case .entry(let entry): entries.append(entry)
            case .problem(let problem): problems.append(problem)
            }
        }
        dropDuplicates()
    }

    /// The system of an entry: `sched`.
    public func system(of entry: Entry) -> String { String(repairing: slice(entry.system)) }

    /// The name of an entry: `sched_switch`.
    public func name(of entry: Entry) -> String { String(repairing: slice(entry.name)) }

    /// The format text of an entry, as it stands in the file, without the empty lines at its end.
    @_lifetime(borrow self)
    public func formatText(of entry: Entry) -> Span<UInt8> { slice(entry.format) }

    /// Where the format text of an entry stands in ``bytes``.
    public func formatRange(of entry: Entry) -> Range<UInt32> {
        UInt32(entry.format.lowerBound)..<UInt32(entry.format.upperBound)
    }

    /// Parses the format of an entry.
    ///
    /// - Throws: nothing for an entry of ``entries``, which was validated.
    public func format(of entry: Entry) throws(FormatError) -> EventFormat {
        try EventFormat(parsing: slice(entry.format))
    }

    @_lifetime(borrow self)
    private func slice(_ range: Range<Int32>) -> Span<UInt8> {
        bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound))
    }

    /// Leaves the first of entries with the same system and name.
    private mutating func dropDuplicates() {
        var seen: [UInt64: [Int]] = [:]
        var kept: [Entry] = []
        for entry in entries {
            let key = Hash64.of(slice(entry.system.lowerBound..<entry.name.upperBound), seed: 0)
            let twin = seen[key]?.first { index in
                let other = kept[index]
                return slice(other.system.lowerBound..<other.name.upperBound)
                    .equals(slice(entry.system.lowerBound..<entry.name.upperBound))
            }
            if let twin {
                problems.append(
                    Problem(
                        line: entry.line,
                        reason: "\(system(of: entry))/\(name(of: entry)) is in line \(kept[twin].line) already"))
            } else {
                seen[key, default: []].append(kept.count)
                kept.append(entry)
            }
        }
        entries = kept
        problems.sort { $0.line < $1.line }
    }
}
