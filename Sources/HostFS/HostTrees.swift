internal import Locking
public import PseudoFS
internal import SystemPackage

/// A directory of the system that is to be shown.
public struct HostTreeDescription: Sendable, Equatable {
    /// What it is called under `/host`.
    public var name: String
    /// Which directory it is; links in its path are followed, once.
    public var directory: String
    /// Whether files in it may be written, directories made and entries removed.
    public var isWritable: Bool
    /// Whether what is mounted below it is shown too.
    public var crossesMounts: Bool

    /// Describes one.
    public init(name: String, directory: String, isWritable: Bool = false, crossesMounts: Bool = false) {
        self.name = name
        self.directory = directory
        self.isWritable = isWritable
        self.crossesMounts = crossesMounts
    }
}

/// Directories of the system, shown as a file system: `/host/NAME`.
///
/// ```swift
/// let trees = HostTrees()
/// try trees.add(HostTreeDescription(name: "proc", directory: "/proc"))
/// let mount = Mount(.hostfs(trees), at: "/host", isEnteredFromAbove: false)
/// ```
/// What is asked of them goes to the system at that moment, nothing is kept. Any thread, once all are added.
public final class HostTrees: Sendable {
    let access: HostAccess
    private let place: String
    private let list = Locked<[HostTree]>([])

    /// None yet.
    ///
    /// - Parameters:
    ///   - place: where they are mounted.
    ///   - limits: how much they may take, all together.
    public init(at place: String = "/host", limits: HostLimits = HostLimits()) {
        self.place = place
        access = HostAccess(limits)
    }

    deinit { close() }

    /// Adds one; to be done before they are mounted.
    ///
    /// - Throws: ENOENT, ENOTDIR, EACCES as the system says; ENOSYS where it has no openat2 (Linux 5.6); EINVAL for the
    ///   directory of one process in `/proc`; EEXIST for a name that is taken.
    public func add(_ description: HostTreeDescription) throws(Failure) {
        if trees.contains(where: { $0.name == description.name }) {
            throw Failure(.fileExists, "there are two of the name \(description.name)")
        }
        let tree = try HostTree(description, place: Array("\(place)/\(description.name)".utf8), access: access)
        list.withLock { $0.append(tree) }
    }

    var trees: [HostTree] { list.withLock { $0 } }

    /// Descriptors that are open for them now; one for each tree is.
    public var filesOpen: Int { access.budget.count }

    /// How often their limits were reached.
    public var refusals: HostRefusals { access.refusals }

    /// Ends their threads. Reading anything fails from then on.
    public func close() { access.close() }
}
