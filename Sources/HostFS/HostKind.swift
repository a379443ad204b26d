/// What an entry of a host tree is to who reads it.
enum HostKind: Sendable, Hashable, CaseIterable {
    case directory
    /// A symbolic link. A walk follows it by itself; it is seen in listings, and by who removes it.
    case link
    /// A file that is made when it is read: read whole, a value.
    case attribute
    /// A file that its file system keeps: rendered while it is read.
    case document
    /// A file that waits for lines.
    case lines
    /// A file that waits for bytes that are no lines.
    case bytes
    /// A file that is only written.
    case sink
    /// What is never opened: a device node, a socket, a fifo; a link that leads nowhere.
    case special

    /// What something is by its status and its name.
    ///
    /// - Parameters:
    ///   - status: what the system says of it.
    ///   - system: what kind of file system it is on.
    ///   - name: its last name.
    ///   - isProcLog: whether it is `kmsg` in the root of a procfs.
    init(_ status: FileStatus, on system: FileSystemKind, name: [UInt8], isProcLog: Bool = false) {
        switch status.type {
        case .directory: self = .directory
        case .link: self = .link
        case .special: self = .special
        case .file:
            if isProcLog {
                self = .lines
            } else if system == .tracefs, let stream = Self.streams[String(decoding: name, as: UTF8.self)] {
                self = stream
            } else if system == .stored {
                self = status.size > 0 ? .document : .attribute
            } else {
                self = status.mode & 0o444 == 0 ? .sink : .attribute
            }
        }
    }

    /// Files of a tracefs that wait, in the instance and for each CPU.
    private static let streams: [String: HostKind] = [
        "trace_pipe": .lines, "trace_pipe_raw": .bytes, "snapshot_raw": .bytes,
    ]
}
