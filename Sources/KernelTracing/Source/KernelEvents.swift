internal import Bytes
internal import SystemPackage
internal import TraceEngine

/// The kernel's events in the catalogue, and which of them is which there. Belongs to its owner's lock.
struct KernelEvents {
    /// One of them.
    struct Entry: Sendable {
        let event: TraceEvent
        /// What its records begin with there.
        let type: UInt16
        /// `sched/sched_switch`
        var path: String { "\(event.system)/\(event.name)" }
    }

    /// By our id.
    private(set) var entries: [UInt16: Entry] = [:]
    /// What `available_events` said when it was last looked at.
    private var seen: [UInt8] = []

    /// Our ids by the kernel's; 0 where there is none.
    var ids: [UInt16] {
        var ids = [UInt16](repeating: 0, count: Int(entries.values.map(\.type).max() ?? 0) + 1)
        for entry in entries.values { ids[Int(entry.type)] = entry.event.id }
        return ids
    }

    /// Forgets what was seen, so that the next look is a whole one.
    mutating func doubt() { seen = [] }

    /// Brings the catalogue to what the kernel has.
    ///
    /// With nothing new it costs the reading of `available_events`: 60 KB, 0.5 ms. An event that is held stays until it
    /// is not, though the kernel has it no more.
    ///
    /// - Parameters:
    ///   - tracefs: where.
    ///   - engine: whose catalogue.
    ///   - notes: takes a line for people for each event that could not be understood.
    /// - Returns: whether anything changed.
    /// - Throws: what the list could not be read for, or ENFILE where the catalogue is full.
    mutating func look(
        in tracefs: any Tracefs, for engine: TraceEngine, notes: inout [String]
    ) throws(Errno) -> Bool {
        let list = try tracefs.read("available_events")
        guard list != seen else { return false }
        var names: [String] = []
        for line in String(decoding: list, as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            names.append("\(line[..<colon])/\(line[line.index(after: colon)...])")
        }
        let there = Set(names)
        var isWhole = true
        for (id, entry) in entries {
            let isSame = there.contains(entry.path) && Self.type(of: entry.path, in: tracefs) == entry.type
            if isSame { continue }
            do throws(Errno) {
                try engine.remove(entry.event)
                entries[id] = nil
            } catch {
                // It is enabled somewhere: at the next look it may not be.
                isWhole = false
            }
        }
        try add(names, from: tracefs, to: engine, notes: &notes)
        seen = isWhole ? list : []
        return true
    }

    /// Adds those that are not known.
    private mutating func add(
        _ names: [String], from tracefs: any Tracefs, to engine: TraceEngine, notes: inout [String]
    ) throws(Errno) {
        let known = Set(entries.values.map(\.path))
        var text: [UInt8] = []
        for name in names where !known.contains(name) {
            // One that is gone again meanwhile is none.
            guard let format = try? tracefs.read("events/\(name)/format") else { continue }
            text += Array("# \(name)\n".utf8)
            text += format
            if format.last != 0x0A { text.append(0x0A) }
        }
        guard !text.isEmpty else { return }
        let parsed = CatalogueText(text)
        let blob = FormatBlob(parsed.bytes)
        let snapshot = engine.catalogue.snapshot
        var definitions: [EventCatalogue.Definition] = []
        var types: [UInt16] = []
        for problem in parsed.problems { notes.append("an event of the kernel: \(problem.reason)") }
        for entry in parsed.entries {
            let system = parsed.system(of: entry)
            let name = parsed.name(of: entry)
            guard let type = Self.type(in: parsed.formatText(of: entry)) else {
                notes.append("events/\(system)/\(name)/format has no ID")
                continue
            }
            if snapshot.event(system: system.utf8Span.span, name: name.utf8Span.span) != nil {
                notes.append("events/\(system)/\(name) is known already, and not taken from the kernel")
                continue
            }
            definitions.append(
                .init(system: system, name: name, format: .slice(blob, parsed.formatRange(of: entry)), origin: .kernel))
            types.append(type)
        }
        let added = try engine.catalogue.add(definitions)
        for (event, type) in zip(added, types) { entries[event.id] = Entry(event: event, type: type) }
    }

    /// What the records of an event begin with, as its file `id` says.
    static func type(of path: String, in tracefs: any Tracefs) -> UInt16? {
        (try? tracefs.text("events/\(path)/id")).flatMap { UInt16($0) }
    }

    /// The number in the line `ID:` of a format.
    private static func type(in format: Span<UInt8>) -> UInt16? {
        var start = 0
        while start < format.count {
            let end = format.firstIndex(of: 0x0A, from: start) ?? format.count
            let line = format.extracting(start..<end)
            if line.starts(with: "ID:") {
                return UInt16(String(repairing: line.extracting(3..<line.count).trimmed))
            }
            start = end + 1
        }
        return nil
    }
}
