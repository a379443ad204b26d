internal import PseudoFS
internal import SystemPackage

/// Entries that are in no directory yet. Their names were checked.
extension DebugFS {
    /// The permission bits of an entry.
    ///
    /// - Throws: EINVAL where they are none, or would let a type be written that cannot.
    static func mode(_ mode: UInt16?, for type: DebugType) throws(Failure) -> UInt16 {
        guard let mode else { return type.modeByDefault }
        guard mode <= 0o777 else {
            throw Failure(.invalidArgument, "a mode has nine permission bits", subject: .content)
        }
        let isConstant = type != .directory && type != .symlink && !type.isWritable && type != .sequence
        if isConstant, mode & 0o222 != 0 {
            throw Failure(.invalidArgument, "a \(type.name) is read-only: no w in its mode", subject: .content)
        }
        return mode
    }

    func folder(_ name: String, mode: UInt16) -> Folder {
        Folder(name: EntryName(name.utf8Span.span), type: .directory, mode: mode, identity: nextIdentity())
    }

    func number(_ name: String, _ type: DebugType, mode: UInt16, bits: UInt64) -> NumberEntry {
        NumberEntry(
            name: EntryName(name.utf8Span.span), type: type, mode: mode, identity: nextIdentity(), bits: bits)
    }

    func string(_ name: String, mode: UInt16, _ text: [UInt8]) throws(Failure) -> StringEntry {
        try StringEntry(
            name: EntryName(name.utf8Span.span), mode: mode, identity: nextIdentity(), text: text, held: held,
            limits: limits)
    }

    func array(
        _ name: String, _ type: DebugType, mode: UInt16, _ contents: ArrayEntry.Contents
    ) throws(Failure) -> ArrayEntry {
        try ArrayEntry(
            name: EntryName(name.utf8Span.span), type: type, mode: mode, identity: nextIdentity(), contents: contents,
            held: held, limits: limits)
    }

    func link(_ name: String, mode: UInt16, target: String) throws(Failure) -> LinkEntry {
        try LinkEntry(
            name: EntryName(name.utf8Span.span), mode: mode, identity: nextIdentity(), target: target, held: held)
    }

    func calls(_ name: String, _ type: DebugType, mode: UInt16, _ calls: CallEntry.Calls) -> CallEntry {
        CallEntry(
            name: EntryName(name.utf8Span.span), type: type, mode: mode, identity: nextIdentity(), calls: calls)
    }
}
