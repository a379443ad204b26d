internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// A directory of the system that is shown: everything below it, and nothing else.
///
/// Paths are resolved by the kernel in one call each, which follows links as far as they stay within (openat2,
/// `RESOLVE_BENEATH`), and what they led to is held by a descriptor from then on: it is looked at, opened and read by
/// that, never by its name again.
final class HostTree: Sendable {
    let name: String
    /// Where it stands in our own tree: `/host/proc`.
    let place: [UInt8]
    let isWritable: Bool
    let crossesMounts: Bool
    let access: HostAccess
    let root: Descriptor
    let status: FileStatus
    /// The names of its directory below the root of the procfs that it is on; nil for another file system.
    private let procNames: [[UInt8]]?
    private let mount: Int
    /// Files that had nothing to read when they were read: streams from then on. The oldest are forgotten.
    private let streams = Locked<[FileStatus.Identity]>([])

    private static let streamsMax = 64

    /// Opens a directory.
    ///
    /// - Throws: ENOENT, ENOTDIR, EACCES as the system says; ENOSYS where it has no openat2; EINVAL for a directory of
    ///   one process, which would be another's tomorrow.
    init(_ description: HostTreeDescription, place: [UInt8], access: HostAccess) throws(Failure) {
        name = description.name
        isWritable = description.isWritable
        crossesMounts = description.crossesMounts
        self.place = place
        self.access = access
        root = try Descriptor.directory(description.directory, access.budget)
        status = try root.status()
        _ = try root.find([], crossesMounts: false)
        mount = try MountTable.number(of: root, access.budget)
        guard root.fileSystem == .proc else {
            procNames = nil
            return
        }
        let found = try ProcPlace(of: root, path: root.path(), access.budget)
        if found.process != nil {
            throw Failure(.invalidArgument, "it is the directory of one process, which goes with it")
        }
        procNames = found.names
    }

    /// The directory itself, as a node.
    func top() -> HostNode {
        HostNode(
            self, .directory(root), status, kind: .directory, path: [],
            procRoot: procNames?.isEmpty == true ? root : nil)
    }

    /// Notes that a file waits for what comes.
    func remember(stream identity: FileStatus.Identity) {
        streams.withLock { streams in
            if streams.contains(identity) { return }
            if streams.count == Self.streamsMax { streams.removeFirst() }
            streams.append(identity)
        }
    }

    // MARK: finding

    /// How often it is looked again where what was found stood outside the tree a moment later.
    private static let attemptsMax = 8

    /// What a path leads to.
    ///
    /// - Parameter path: relative, decoded, without empty names, `.` and `..`.
    /// - Returns: a node that has it open, with the path where it really stands.
    /// - Throws: ENOENT, also for what is a part of this process; EXDEV for what leads out of the tree, or to another
    ///   mount; ELOOP, EACCES, ENOTDIR, ENAMETOOLONG; EMFILE; ETIMEDOUT where the system does not answer.
    func resolve(_ path: [UInt8]) throws(Failure) -> HostNode {
        try access.errands.run { () throws(Failure) in
            try self.requireOther(path)
            if self.isWritable, let link = try self.link(at: path) { return link }
            return try self.follow(path)
        }
    }

    /// Requires that a path does not begin with a name of this process, before anything is said of what is below.
    private func requireOther(_ path: [UInt8]) throws(Failure) {
        guard procNames?.isEmpty == true, let first = HostPath.names(of: path).first else { return }
        if ProcPlace.isOwn(first, in: root) { throw Self.noProcess }
    }

    private static var noProcess: Failure {
        Failure(.noSuchFileOrDirectory, "there is no such process that is shown")
    }

    /// The link that a path ends in, so that it can be removed; nil where it ends in something else.
    ///
    /// Its path is its own, by which the caller's authority is looked up; who does not remove it is sent on to where it
    /// leads.
    private func link(at path: [UInt8]) throws(Failure) -> HostNode? {
        let (directory, name) = HostPath.split(path)
        let parent = try root.find(directory, crossesMounts: crossesMounts)
        guard let status = try? parent.status(of: name), status.type == .link,
            let above = try realPath(of: parent)
        else { return nil }
        let own = HostPath.join(above, name)
        do throws(Failure) {
            let end = try follow(path)
            // Shown under the link's own name, as /proc/mounts is.
            if end.path == own { return end }
            let target = place + (end.path.isEmpty ? [] : [0x2F]) + end.path
            return HostNode(self, .found(parent), status, kind: .link, path: own, target: target)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory, .improperLink, .tooManySymbolicLinkLevels, .notDirectory:
                return HostNode(self, .broken(error), status, kind: .special, path: own)
            default: throw error
            }
        }
    }

    private func follow(_ path: [UInt8]) throws(Failure) -> HostNode {
        for _ in 0..<Self.attemptsMax {
            let found = try root.find(path, crossesMounts: crossesMounts)
            guard let realPath = try realPath(of: found) else { continue }
            return try node(of: found, asked: path, path: realPath)
        }
        throw Failure(.improperLink, "it is moved out of the tree all the time")
    }

    /// Where something that was found stands below the tree now; nil where it does not.
    ///
    /// - Throws: ENOENT where it has been removed.
    private func realPath(of found: Descriptor) throws(Failure) -> [UInt8]? {
        let (whole, top) = (try found.path(), try root.path())
        guard let path = HostPath.relative(whole, to: top) else { return nil }
        guard path.span.ends(with: " (deleted)") else { return path }
        // Either that is its name, or the kernel says so of what has none any more.
        guard let other = try? root.find(path, crossesMounts: crossesMounts, followsLinks: false),
            try other.status().identity == found.status().identity
        else { throw Failure(.noSuchFileOrDirectory, "it has been removed") }
        return path
    }

    private func node(of found: Descriptor, asked: [UInt8], path: [UInt8]) throws(Failure) -> HostNode {
        let status = try found.status()
        let system = found.fileSystem
        var shown = path
        var procRoot: Descriptor?
        var isProcLog = false
        if system == .proc {
            let proc = try procPlace(of: found, path: path)
            if proc.isOwnProcess {
                guard Self.isForAll(asked, proc.names) else { throw Self.noProcess }
                shown = asked
            }
            procRoot = proc.isRoot ? proc.root : nil
            isProcLog = proc.names == [Array("kmsg".utf8)]
        }
        if status.type == .directory {
            let directory = try found.reopenDirectory()
            return HostNode(self, .directory(directory), status, kind: .directory, path: shown, procRoot: procRoot)
        }
        return HostNode(self, .found(found), status, kind: kind(status, system, path, isProcLog), path: shown)
    }

    private func kind(_ status: FileStatus, _ system: FileSystemKind, _ path: [UInt8], _ isProcLog: Bool) -> HostKind {
        let kind = HostKind(status, on: system, name: HostPath.split(path).name, isProcLog: isProcLog)
        if kind == .attribute, streams.withLock({ $0.contains(status.identity) }) { return .lines }
        return kind == .sink && !isWritable ? .attribute : kind
    }

    /// Where something on a procfs stands in that: known from the tree's own mount, or looked up.
    private func procPlace(of found: Descriptor, path: [UInt8]) throws(Failure) -> ProcPlace {
        if let procNames {
            let number = crossesMounts ? try MountTable.number(of: found, access.budget) : mount
            if number == mount {
                return ProcPlace(names: procNames + HostPath.names(of: path), root: procNames.isEmpty ? root : nil)
            }
        }
        return try ProcPlace(of: found, path: found.path(), access.budget)
    }

    /// Whether what stands in our own directory of a procfs is what everybody has there: `/proc/mounts` and `/proc/net`
    /// are links to the `mounts` and the `net` of who looks. By those names they are shown.
    private static func isForAll(_ asked: [UInt8], _ names: [[UInt8]]) -> Bool {
        let shared = HostPath.names(of: asked)
        guard let first = shared.first, names.count == shared.count + 1, Array(names.dropFirst()) == shared else {
            return false
        }
        return first == Array("net".utf8) || first == Array("mounts".utf8)
    }

    // MARK: listing

    /// What a name in a directory that is listed is; nil where it has gone.
    func entry(_ name: NameWindow.Name, in directory: Descriptor, below path: [UInt8]) -> HostNode? {
        let own = HostPath.join(path, name.raw)
        guard let status = try? directory.status(of: name.raw) else { return nil }
        let target = status.type == .link ? (try? directory.target(of: name.raw)) ?? [] : []
        let kind = kind(status, directory.fileSystem, own, false)
        return HostNode(self, .entry(in: directory), status, kind: kind, path: own, target: target)
    }
}

extension Span<UInt8> {
    /// Whether the bytes end with those of a string.
    fileprivate func ends(with suffix: String) -> Bool {
        let length = suffix.utf8.count
        return count >= length && extracting((count - length)..<count).equals(suffix)
    }
}
