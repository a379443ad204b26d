internal import Bytes
internal import SystemPackage

extension TraceInstance {
    /// Bytes of a filter at most; one more is EINVAL and changes nothing.
    public static let filterTextMax = 4095

    /// What the file `filter` of an event shows, without its last newline: the filter as it was written, or what was
    /// wrong with it. Nil where there is none.
    public func filterText(of event: TraceEvent) -> [UInt8]? {
        peek { parts in
            guard let found = parts?.filters[event.id], found.event === event else { return nil }
            return found.text
        }
    }

    /// Does what a write to the file `filter` of an event does: from now on its records must pass, `0` lets all pass.
    ///
    /// A text that is no filter takes the old one's place, is logged, and lets all pass: so it is in Linux.
    ///
    /// - Parameters:
    ///   - text: what was written.
    ///   - event: one that can be enabled.
    /// - Throws: what Linux would say; EINVAL for more than ``filterTextMax`` bytes, ENODEV where the instance or the
    ///   event is gone. When it returns, no record that the old filter let pass comes after it.
    public func setFilter(_ text: Span<UInt8>, of event: TraceEvent) throws(FilterRefusal) {
        try set(filter: try Self.command(text), of: [event], isSystem: false)
    }

    /// Does what a write to the file `filter` of a system does: the filter becomes that of each event that has its
    /// fields, and the others' show that it does not suit them.
    ///
    /// - Throws: EINVAL for more than ``filterTextMax`` bytes, ENODEV where the instance is gone. A text that suits no
    ///   event is not refused.
    public func setFilter(_ text: Span<UInt8>, of system: EventSystem) throws(FilterRefusal) {
        try set(filter: try Self.command(text), of: system.events.filter(\.isEnableable), isSystem: true)
    }

    /// The text as the kernel takes it: up to a NUL, without white space at its end.
    @_lifetime(copy text)
    private static func command(_ text: Span<UInt8>) throws(FilterRefusal) -> Span<UInt8> {
        guard text.count <= filterTextMax else {
            throw FilterRefusal(.invalidArgument, "a filter has at most \(filterTextMax) bytes")
        }
        return text.untilNUL.withoutSpaceAtEnd
    }

    private func set(filter text: Span<UInt8>, of events: [TraceEvent], isSystem: Bool) throws(FilterRefusal) {
        context.outside.deliver()
        if text.extracting(FilterText(text).skippingSpace(from: 0)..<text.count).equals("0") {
            return try changeFilters { parts in
                for event in events { parts.filters[event.id] = nil }
            }
        }
        // Understood under no lock.
        var made: [EventFilter] = []
        var errors: [FilterError] = []
        for event in events {
            do throws(FilterError) {
                let filter = try event.compile(text, cpus: lanes)
                made.append(EventFilter(event: event, text: [UInt8](copying: text), filter: filter))
            } catch {
                let shown = isSystem ? FilterError(.badSystemFilter, at: 0) : error
                var below = ByteBuffer()
                shown.append(below: text, to: &below)
                made.append(EventFilter(event: event, text: below.array, filter: nil))
                errors.append(shown)
            }
        }
        let command = [UInt8](copying: text)
        let now = context.clock.now()
        try changeFilters { parts in
            for filter in made where !filter.event.isDead { parts.filters[filter.event.id] = filter }
            for error in errors { parts.errors.append(error.logged(command, at: now)) }
        }
        if isSystem { return }
        if events.allSatisfy(\.isDead) { throw FilterRefusal(.operationNotSupportedByDevice) }
        if let error = errors.first { throw FilterRefusal(error) }
    }

    /// Changes filters and shows the result to writers.
    private func changeFilters(_ body: (InstanceParts) -> Void) throws(FilterRefusal) {
        do throws(Errno) {
            try withTouchedParts { parts throws(Errno) in
                body(parts)
                renewRules(of: parts)
            }
        } catch {
            throw FilterRefusal(error)
        }
    }

    /// Forgets the filter of an event that was removed.
    func forgetFilter(of event: TraceEvent) {
        peek { parts in
            guard let parts, parts.filters[event.id]?.event === event else { return }
            parts.filters[event.id] = nil
            renewRules(of: parts)
        }
    }
}

extension TraceEvent {
    /// Compiles a filter for this event.
    func compile(_ text: Span<UInt8>, cpus: Int) throws(FilterError) -> Filter {
        let format: EventFormat
        do throws(FormatError) { format = try parsedFormat() } catch { throw .unnamed(.invalidArgument) }
        return try Filter(parsing: text, format: format, cpus: cpus)
    }

    /// What its records look like; some 5 us.
    func parsedFormat() throws(FormatError) -> EventFormat {
        var text = ByteBuffer(capacity: 1024)
        format.append(to: &text)
        return try EventFormat(parsing: text.span)
    }
}

extension FilterError {
    /// The entry for the log.
    func logged(_ command: [UInt8], at time: UInt64) -> ErrorLog.Entry {
        ErrorLog.Entry(
            timestamp: time, place: "event filter parse error", message: kind.rawValue, command: command,
            position: position)
    }
}
