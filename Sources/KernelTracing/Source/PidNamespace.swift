internal import Glibc

/// The pid namespace of this process.
enum PidNamespace {
    /// Whether it is the machine's own, whose inode has a number of its own (`PROC_PID_INIT_INO`).
    static var isInitial: Bool {
        var status = stat()
        return unsafe stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == 0xEFFF_FFFC
    }
}
