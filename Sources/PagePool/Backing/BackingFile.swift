internal import CLinuxShims
internal import Glibc
internal import SystemPackage

/// A regular file or a block device, locked for this pool, past the page cache where its file system lets one.
///
/// Opened by a name below a directory's descriptor and never through a link; closed, and so unlocked, with its last use.
final class BackingFile: BackingDevice {
    let name: String
    let bytes: UInt64
    /// Whether it was made when it was opened.
    let isNew: Bool
    private let descriptor: CInt
    private let isRegular: Bool

    // The C header defines it by another macro, which Swift does not see.
    #if arch(arm64) || arch(arm)
        private static let direct: CInt = 0o200000
    #else
        private static let direct: CInt = 0o40000
    #endif
    /// `FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE`.
    private static let punch: CInt = 0x01 | 0x02

    /// Opens and locks a file.
    ///
    /// - Parameters:
    ///   - name: its name in the directory: no path.
    ///   - size: bytes that it is to have at least; it is made, or grows, where it has fewer. 0 takes it as it is.
    ///   - directory: a descriptor.
    /// - Throws: EINVAL for a name that is a path, what is neither a regular file nor a block device, and what has
    ///   fewer than four clusters; ELOOP for a link; EBUSY where somebody has it locked; ENOENT, EACCES and what
    ///   else the system says. A file that was there is as it was.
    init(_ name: String, size: UInt64, in directory: CInt) throws(Errno) {
        let utf8 = name.utf8
        guard !utf8.isEmpty, utf8.count <= 255, name != ".", name != "..", !utf8.contains(0x2F), !utf8.contains(0),
            size == 0 || size >= UInt64(ClusterShape.countMin * ClusterShape.bytes)
        else { throw .invalidArgument }
        let (descriptor, isNew) = try Self.open(name, makes: size > 0, in: directory)
        do throws(Errno) {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw Glibc.errno == EWOULDBLOCK ? .resourceBusy : Errno(rawValue: Glibc.errno)
            }
            (bytes, isRegular) = try Self.measure(descriptor, size: size)
            Self.settleForCache(descriptor)
        } catch {
            if isNew { unsafe _ = unlinkat(directory, name, 0) }
            Glibc.close(descriptor)
            throw error
        }
        self.name = name
        self.isNew = isNew
        self.descriptor = descriptor
    }

    deinit { Glibc.close(descriptor) }

    private static func open(_ name: String, makes: Bool, in directory: CInt) throws(Errno) -> (CInt, isNew: Bool) {
        // Not to wait for whoever writes into a pipe of that name.
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        for isDirect in [true, false] {
            let all = flags | (isDirect ? direct : 0)
            var descriptor = unsafe openat(directory, name, all, 0)
            if descriptor >= 0 { return (descriptor, false) }
            if makes, Glibc.errno == ENOENT {
                descriptor = unsafe openat(directory, name, all | O_CREAT | O_EXCL, 0o600)
                if descriptor >= 0 { return (descriptor, true) }
            }
            // The one errno of a file system that does not take O_DIRECT.
            if Glibc.errno != EINVAL { break }
        }
        switch Glibc.errno {
        case EISDIR, ENXIO, ENODEV: throw .invalidArgument
        default: throw Errno(rawValue: Glibc.errno)
        }
    }

    private static func measure(_ descriptor: CInt, size: UInt64) throws(Errno) -> (UInt64, isRegular: Bool) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Errno(rawValue: Glibc.errno) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFBLK else { throw .invalidArgument }
        let isRegular = kind == S_IFREG
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw Errno(rawValue: Glibc.errno) }
        if UInt64(end) < size {
            guard isRegular, size <= UInt64(Int64.max), ftruncate(descriptor, off_t(size)) == 0 else {
                throw isRegular && size <= UInt64(Int64.max) ? Errno(rawValue: Glibc.errno) : .invalidArgument
            }
        }
        let bytes = size > 0 ? size : UInt64(end)
        guard bytes >= UInt64(ClusterShape.countMin * ClusterShape.bytes) else { throw .invalidArgument }
        return (bytes, isRegular)
    }

    /// Some file systems take the flag and refuse the first read.
    private static func settleForCache(_ descriptor: CInt) {
        let block = AlignedBuffer(count: ClusterShape.blockBytes)
        if unsafe pread(descriptor, block.address, block.count, 0) < 0, Glibc.errno == EINVAL {
            let flags = fcntl(descriptor, F_GETFL)
            _ = fcntl(descriptor, F_SETFL, flags & ~direct)
        }
    }

    func read(at offset: UInt64, count: Int, into buffer: AlignedBuffer) throws(Errno) {
        precondition(count <= buffer.count, "beyond the buffer")
        var done = 0
        while done < count {
            let got = unsafe pread(descriptor, buffer.address + done, count - done, off_t(offset) + off_t(done))
            if got > 0 {
                done += got
            } else if got == 0 {
                // Somebody has made the file shorter.
                throw .ioError
            } else if Glibc.errno != EINTR {
                throw Errno(rawValue: Glibc.errno)
            }
        }
    }

    func write(_ buffer: AlignedBuffer, at offset: UInt64) throws(Errno) {
        var done = 0
        while done < buffer.count {
            let put = unsafe pwrite(descriptor, buffer.address + done, buffer.count - done, off_t(offset) + off_t(done))
            if put > 0 {
                done += put
            } else if put == 0 {
                throw .ioError
            } else if Glibc.errno != EINTR {
                throw Errno(rawValue: Glibc.errno)
            }
        }
    }

    func giveBack(_ range: Range<UInt64>) -> Bool {
        guard isRegular else { return false }
        return fallocate(descriptor, Self.punch, off_t(range.lowerBound), off_t(range.count)) == 0
    }
}
