internal import Bytes
internal import CLinuxShims
internal import Glibc
internal import PseudoFS
internal import SystemPackage

/// An open descriptor with its place in the budget: both are given back with the object.
///
/// Any thread. What it refers to stays what it is, whatever becomes of the names that led there.
final class Descriptor: Sendable {
    let number: Int32
    private let budget: DescriptorBudget

    /// Takes over a descriptor for which a place was taken.
    private init(_ number: Int32, _ budget: DescriptorBudget) {
        self.number = number
        self.budget = budget
    }

    deinit {
        _ = Glibc.close(number)
        budget.giveBack()
    }

    /// Opens something by a call that gives a descriptor or -1.
    ///
    /// - Throws: EMFILE where the budget is used up; what the call left in `errno`.
    private static func open(
        _ budget: DescriptorBudget, _ call: () -> Int32
    ) throws(Failure) -> Descriptor {
        try budget.take()
        while true {
            let number = call()
            if number >= 0 { return Descriptor(number, budget) }
            let error = Glibc.errno
            if error == EINTR { continue }
            budget.giveBack()
            throw Failure(Errno(rawValue: error))
        }
    }

    /// Opens a directory that the operator named: links in its path are followed.
    ///
    /// - Throws: ENOENT, ENOTDIR, EACCES and what else the system says.
    static func directory(_ path: String, _ budget: DescriptorBudget) throws(Failure) -> Descriptor {
        try open(budget) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    /// Opens a file of our own process's, for reading.
    static func file(_ path: String, _ budget: DescriptorBudget) throws(Failure) -> Descriptor {
        try open(budget) { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    }

    // MARK: opening below it, confined

    /// `O_PATH`, which Glibc's module leaves out; the same number on every architecture that Swift runs on.
    private static let pathOnly: Int32 = 0o10000000
    /// How often openat2 is asked again where it saw a rename beside it and could not tell (EAGAIN).
    private static let attemptsMax = 64

    /// Finds what a path below this directory leads to, without opening it for anything.
    ///
    /// One openat2 for the whole path: what the kernel does in one go, no rename can come between.
    ///
    /// - Parameters:
    ///   - path: relative, its names separated by slashes; empty for the directory itself.
    ///   - crossesMounts: whether it may lead to another mount.
    ///   - followsLinks: whether a link that the last name is is followed too, within this directory; otherwise it is
    ///     what is found.
    /// - Returns: it, held.
    /// - Throws: EXDEV for what leads out of the directory or to another mount, ELOOP for magic links such as
    ///   `/proc/self/root` and for too many links, EBUSY where renames never let it come to an end, and ENOENT, EACCES,
    ///   ENOTDIR, ENAMETOOLONG as the system says; EMFILE.
    func find(
        _ path: [UInt8], crossesMounts: Bool, followsLinks: Bool = true
    ) throws(Failure) -> Descriptor {
        try open(
            path.isEmpty ? [0x2E] : path, flags: Self.pathOnly | (followsLinks ? 0 : O_NOFOLLOW),
            resolve: crossesMounts ? 0 : RESOLVE_NO_XDEV)
    }

    /// Opens a directory by its name in this one, for reading its entries: never through a link or to another mount.
    ///
    /// - Throws: as ``find(_:crossesMounts:followsLinks:)``; ELOOP for a link, ENOTDIR for what is no directory.
    func openDirectory(_ name: [UInt8]) throws(Failure) -> Descriptor {
        try open(name, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, resolve: RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS)
    }

    private func open(
        _ path: [UInt8], flags: Int32, resolve: Int32
    ) throws(Failure) -> Descriptor {
        let resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        for _ in 0..<Self.attemptsMax {
            do throws(Failure) {
                return try Self.open(budget) {
                    unsafe jitfs_openat2(number, terminated, UInt64(flags | O_CLOEXEC), UInt64(resolve))
                }
            } catch {
                if error.errno != .resourceTemporarilyUnavailable { throw error }
            }
        }
        throw Failure(.resourceBusy, "directories on the way to it are renamed all the time")
    }

    /// Opens what this descriptor refers to, and nothing else, for reading or writing.
    ///
    /// - Parameter flags: `O_RDONLY` and its kin.
    /// - Returns: it, open.
    /// - Throws: EACCES, ENXIO, EBUSY and what else opening such a file says; EMFILE.
    func reopen(_ flags: Int32) throws(Failure) -> Descriptor {
        try Self.open(budget) {
            unsafe Glibc.open("/proc/self/fd/\(number)", flags | O_CLOEXEC | O_NOCTTY)
        }
    }

    /// Opens the directory that this descriptor refers to, for reading its entries.
    ///
    /// - Throws: EACCES where it may not be read; EMFILE.
    func reopenDirectory() throws(Failure) -> Descriptor { try openDirectory([0x2E]) }

    // MARK: what it refers to

    /// What it refers to.
    func status() throws(Failure) -> FileStatus {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw Failure(Errno(rawValue: Glibc.errno)) }
        return FileStatus(status)
    }

    /// What a name in this directory is, a link being one.
    func status(of name: [UInt8]) throws(Failure) -> FileStatus {
        var status = stat()
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        guard unsafe fstatat(number, terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw Failure(Errno(rawValue: Glibc.errno))
        }
        return FileStatus(status)
    }

    /// Which kind of file system it is on.
    var fileSystem: FileSystemKind { FileSystemKind(magic: jitfs_file_system(number)) }

    /// Where it stands now, as this process sees it.
    ///
    /// - Throws: ENAMETOOLONG for more than 4,095 bytes; ENOENT where `/proc` is not mounted.
    func path() throws(Failure) -> [UInt8] { try Self.target(of: "/proc/self/fd/\(number)") }

    /// Where a link leads.
    static func target(of link: String) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            guard let start = room.baseAddress else { return 0 }
            return unsafe readlink(link, start.assumingMemoryBound(to: CChar.self), room.count)
        }
        guard count >= 0 else { throw Failure(Errno(rawValue: Glibc.errno)) }
        guard count < bytes.count else { throw Failure(.fileNameTooLong) }
        return Array(bytes[..<count])
    }

    /// Where a link in this directory leads.
    func target(of name: [UInt8]) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            guard let start = room.baseAddress else { return 0 }
            return unsafe readlinkat(number, terminated, start.assumingMemoryBound(to: CChar.self), room.count)
        }
        guard count >= 0 else { throw Failure(Errno(rawValue: Glibc.errno)) }
        return Array(bytes[..<count])
    }

    // MARK: changing a directory

    /// Makes a directory in this one.
    ///
    /// - Throws: EEXIST, EACCES, EROFS, ENOSPC and what else the system says.
    func makeDirectory(_ name: [UInt8]) throws(Failure) {
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        guard unsafe mkdirat(number, terminated, 0o777) == 0 else { throw Failure(Errno(rawValue: Glibc.errno)) }
    }

    /// Removes a name from this directory, and what stands there with it: a link itself.
    ///
    /// - Parameters:
    ///   - name: which.
    ///   - isDirectory: whether it is one, which must be empty.
    /// - Throws: ENOENT, ENOTEMPTY, EBUSY, EPERM and what else the system says.
    func remove(_ name: [UInt8], isDirectory: Bool) throws(Failure) {
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        guard unsafe unlinkat(number, terminated, isDirectory ? AT_REMOVEDIR : 0) == 0 else {
            throw Failure(Errno(rawValue: Glibc.errno))
        }
    }
}
