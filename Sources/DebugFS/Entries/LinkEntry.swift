internal import PseudoFS
internal import SystemPackage

/// A symbolic link: where it leads is constant.
final class LinkEntry: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the target is constant.
    let target: String
    private let held: HeldBytes

    /// - Throws: EINVAL, ENAMETOOLONG, ENOSPC.
    init(name: EntryName, mode: UInt16, identity: UInt64, target: String, held: HeldBytes) throws(Failure) {
        guard !target.isEmpty, !target.utf8.contains(0) else {
            throw Failure(.invalidArgument, "a link's target has at least one byte, and no NUL", subject: .content)
        }
        guard target.utf8.count < 4096 else {
            throw Failure(.fileNameTooLong, "a link's target has at most 4095 bytes", subject: .content)
        }
        try held.take(target.utf8.count)
        self.target = target
        self.held = held
        super.init(name: name, type: .symlink, mode: mode, identity: identity)
    }

    deinit { held.giveBack(target.utf8.count) }
}
