internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// Where in a procfs something stands: below the root of the file system itself, wherever a part of it is mounted.
struct ProcPlace: Sendable {
    /// The names from the root of the procfs; none for the root itself.
    let names: [[UInt8]]
    /// The root of the procfs; nil where only a part of it is mounted there.
    let root: Descriptor?

    /// Whether it is the root, whose entries are to be filtered.
    var isRoot: Bool { names.isEmpty }

    /// The process that it belongs to, as the procfs numbers it.
    var process: [UInt8]? { names.first.flatMap { Self.isNumber($0) ? $0 : nil } }

    /// Whether it is a part of this process: `/proc/PID`, or `/proc/TID`, which is there for every thread, though no
    /// listing has it.
    ///
    /// The procfs is asked itself, which may count processes otherwise than ours: its `self` is what it calls this one.
    /// Where only a part of it is mounted there is nobody to be asked, and every process is taken for this one.
    var isOwnProcess: Bool {
        guard let process else { return false }
        guard let root else { return true }
        return Self.isOwn(process, in: root)
    }

    /// Whether a name in the root of a procfs stands for this process.
    static func isOwn(_ name: [UInt8], in root: Descriptor) -> Bool {
        if name == Array("self".utf8) || name == Array("thread-self".utf8) { return true }
        guard isNumber(name) else { return false }
        do throws(Failure) {
            _ = try root.status(of: Array("self/task/".utf8) + name)
            return true
        } catch {
            return false
        }
    }

    static func isNumber(_ name: [UInt8]) -> Bool { !name.isEmpty && name.allSatisfy { (0x30...0x39).contains($0) } }

    /// Finds the place of something on a procfs, wherever that is mounted.
    ///
    /// - Parameters:
    ///   - found: what is on a procfs.
    ///   - path: where it stands, absolute.
    ///   - budget: for what is opened on the way.
    /// - Throws: what the system says where it can't be told.
    init(of found: Descriptor, path: [UInt8], _ budget: DescriptorBudget) throws(Failure) {
        let mount = try MountTable.mount(of: found, budget)
        guard let below = HostPath.relative(path, to: mount.point) else {
            throw Failure(.noSuchFileOrDirectory, "it is not where its file system is mounted")
        }
        names = HostPath.names(of: mount.root) + HostPath.names(of: below)
        guard HostPath.names(of: mount.root).isEmpty else {
            root = nil
            return
        }
        let top = try Descriptor.directory(String(repairing: mount.point.span), budget)
        guard try MountTable.number(of: top, budget) == MountTable.number(of: found, budget) else {
            throw Failure(.noSuchFileOrDirectory, "something is mounted over it")
        }
        root = top
    }

    /// Names a place whose root is known.
    init(names: [[UInt8]], root: Descriptor?) {
        self.names = names
        self.root = root
    }
}
