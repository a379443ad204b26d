internal import Bytes
public import SystemPackage

extension TraceInstance {
    /// Does what a write to `set_event` asks for, token by token.
    ///
    /// A token is `SYSTEM:EVENT`, `SYSTEM:` or `SYSTEM:*` or a bare name of a system, a bare name of an event,
    /// `:EVENT` or `*:EVENT`, and `:` or `*:*` for everything; `!` before it disables. Names are whole: no patterns.
    ///
    /// - Parameter text: any number of tokens with white space between them.
    /// - Throws: `EINVAL` for a token that names nothing, and as `setEnabled(_:_:)`; the tokens before it stay.
    public func addEvents(_ text: Span<UInt8>) throws(Errno) {
        context.outside.lookForEvents()
        var start = 0
        while start < text.count {
            while start < text.count, Self.isSpace(text[start]) { start += 1 }
            var end = start
            while end < text.count, !Self.isSpace(text[end]) { end += 1 }
            if end > start { try addEvent(text.extracting(start..<end)) }
            start = end
        }
    }

    /// Disables everything: opening `set_event` with truncation.
    ///
    /// - Throws: `ENODEV` where the instance is gone.
    public func clearEvents() throws(Errno) { try setAllEnabled(false) }

    private func addEvent(_ token: Span<UInt8>) throws(Errno) {
        var token = token
        var enable = true
        if token[0] == 0x21 {
            enable = false
            token = token.extracting(1..<token.count)
        }
        let snapshot = context.catalogue.snapshot
        guard let colon = token.firstIndex(of: 0x3A) else {
            return try set(bare: token, enable, in: snapshot)
        }
        let system = token.extracting(0..<colon)
        let event = token.extracting((colon + 1)..<token.count)
        switch (Self.isAny(system), Self.isAny(event)) {
        case (true, true): try setAllEnabled(enable)
        case (true, false): try set(events(named: event, in: snapshot), enable)
        case (false, true):
            guard let found = snapshot.system(named: system), found.mask.count > 0 else { throw .invalidArgument }
            try setEnabled(found, enable)
        case (false, false):
            guard let found = snapshot.event(system: system, name: event) else { throw .invalidArgument }
            try setEnabled(found, enable)
        }
    }

    /// A name alone stands for the system and for every event of that name, as in the kernel.
    private func set(bare name: Span<UInt8>, _ enable: Bool, in snapshot: CatalogueSnapshot) throws(Errno) {
        var found = events(named: name, in: snapshot)
        if let system = snapshot.system(named: name) { found += system.events.filter(\.isEnableable) }
        try set(found, enable)
    }

    private func set(_ events: [TraceEvent], _ enable: Bool) throws(Errno) {
        guard !events.isEmpty else { throw .invalidArgument }
        for event in events { try setEnabled(event, enable) }
    }

    private func events(named name: Span<UInt8>, in snapshot: CatalogueSnapshot) -> [TraceEvent] {
        var found: [TraceEvent] = []
        for system in snapshot.systems {
            if let event = system.event(named: name), event.isEnableable { found.append(event) }
        }
        return found
    }

    private static func isAny(_ name: Span<UInt8>) -> Bool { name.count == 0 || (name.count == 1 && name[0] == 0x2A) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
