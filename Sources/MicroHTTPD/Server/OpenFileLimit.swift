import Glibc

/// The number of files that the process may have open.
enum OpenFileLimit {
    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: how many files may be open from now on.
    static func raise() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return 0 }
        guard limit.rlim_cur < limit.rlim_max else { return UInt64(limit.rlim_cur) }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let raised = unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0
        return UInt64(raised ? limit.rlim_max : soft)
    }
}
