internal import Glibc
public import SystemPackage

/// The directory that the operator set aside for backing stores. Pools name files in it; no path comes from them.
public final class BackingDirectory: Sendable {
    private let descriptor: CInt

    /// Opens a directory.
    ///
    /// - Parameter path: the operator's: links in it are followed.
    /// - Throws: ENOENT, ENOTDIR, EACCES and what else the system says.
    public init(_ path: String) throws(Errno) {
        descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw Errno(rawValue: Glibc.errno) }
    }

    deinit { Glibc.close(descriptor) }

    /// Opens one of its files and locks it.
    ///
    /// - Throws: as ``BackingFile/init(_:size:in:)``.
    func open(_ choice: BackingChoice) throws(Errno) -> BackingFile {
        try BackingFile(choice.name, size: choice.bytes, in: descriptor)
    }

    /// Removes a file that was made for nothing; one that was there stays.
    func takeBack(_ file: BackingFile) {
        if file.isNew { unsafe _ = unlinkat(descriptor, file.name, 0) }
    }
}
