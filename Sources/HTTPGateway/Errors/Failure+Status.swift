internal import PseudoFS
internal import SystemPackage

extension Failure {
    /// The status that stands for it: the one table from errno to status.
    ///
    /// The table speaks of the path and of permission. An errno about the *content* of a body that would read as one of
    /// those (401 to 405: the kernel's ENOENT for a filter's unknown event) is 400.
    var status: UInt16 {
        if subject == .precondition { return 412 }
        let status = Self.status(of: errno)
        return subject == .content && (401...405).contains(status) ? 400 : status
    }

    private static func status(of errno: Errno) -> UInt16 {
        switch errno.rawValue {
        case 11: 204  // EAGAIN: nothing to read yet, and nobody waits
        case 2, 6, 19, 61: 404  // ENOENT, ENXIO, ENODEV (gone), ENODATA (no such page)
        case 9, 16, 17, 26, 39: 409  // EBADF (recording is off), EBUSY, EEXIST, ETXTBSY, ENOTEMPTY
        case 1, 13: 403  // EPERM, EACCES
        case 30, 38, 95: 405  // EROFS, ENOSYS, EOPNOTSUPP
        case 27: 413  // EFBIG
        case 12, 28, 105, 122: 507  // ENOMEM, ENOSPC, ENOBUFS, EDQUOT
        case 23, 24, 87, 110: 503  // ENFILE, EMFILE, EUSERS, ETIMEDOUT (the system does not answer)
        case 3, 7, 18, 20, 21, 22, 25, 33, 34, 36, 40, 75, 84:
            // ESRCH, E2BIG, EXDEV, ENOTDIR, EISDIR, EINVAL, ENOTTY, EDOM, ERANGE, ENAMETOOLONG, ELOOP, EOVERFLOW, EILSEQ
            400
        default: 500  // EIO, EBADMSG (stored bytes fail their checksum), and what nobody should see
        }
    }
}
