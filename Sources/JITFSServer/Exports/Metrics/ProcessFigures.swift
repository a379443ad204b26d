internal import Glibc

/// What the kernel says of this process; nil where it says nothing. A few microseconds each.
enum ProcessFigures {
    /// CPU time spent, user and system.
    static var processorSeconds: Double? { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// CPU time spent in user mode and in the kernel, and how often threads were switched.
    static var usage: (userNanoseconds: UInt64, systemNanoseconds: UInt64, switches: UInt64)? {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        func nanoseconds(_ time: timeval) -> UInt64 {
            UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1000
        }
        return (
            nanoseconds(usage.ru_utime), nanoseconds(usage.ru_stime), UInt64(usage.ru_nvcsw) + UInt64(usage.ru_nivcsw)
        )
    }

    /// Nanoseconds of CLOCK_MONOTONIC.
    static var monotonicNanoseconds: UInt64 { UInt64((seconds(of: CLOCK_MONOTONIC) ?? 0) * 1e9) }

    /// Seconds since the epoch.
    static var epochSeconds: UInt64 { UInt64(max(seconds(of: CLOCK_REALTIME) ?? 0, 0)) }

    /// CPUs that this process may run on.
    static var processorCount: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

    /// Memory, out of `/proc/self/statm`.
    static var memory: (virtualBytes: UInt64, residentBytes: UInt64)? {
        guard let text = text(of: "/proc/self/statm") else { return nil }
        let words = text.split(separator: " ")
        guard words.count > 1, let size = UInt64(words[0]), let resident = UInt64(words[1]) else { return nil }
        let pageBytes = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return (size * pageBytes, resident * pageBytes)
    }

    /// Descriptors that are open. Since Linux 6.2 the size of their directory says it; before, they are counted.
    static var openFiles: UInt64? {
        var status = stat()
        guard unsafe stat("/proc/self/fd", &status) == 0 else { return nil }
        return status.st_size > 0 ? UInt64(status.st_size) : countedFiles
    }

    private static var countedFiles: UInt64? {
        guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(directory) }
        var count: UInt64 = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Neither `.` nor `..`, nor the directory that is being read.
        return count - min(count, 3)
    }

    /// Descriptors that may be open.
    static var openFilesMax: UInt64? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return UInt64(limit.rlim_cur)
    }

    /// When the process started, since the epoch: never another time, so to be asked for once.
    static var startSeconds: Double? {
        // What follows the name, which may hold anything; the 22nd word of the line is the 20th of those.
        guard let text = text(of: "/proc/self/stat"), let end = text.lastIndex(of: ")"),
            let ticks = text[end...].split(separator: " ").dropFirst(20).first.flatMap({ Double($0) }),
            let now = seconds(of: CLOCK_REALTIME), let sinceBoot = seconds(of: CLOCK_BOOTTIME)
        else { return nil }
        let start = now - sinceBoot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        return (start * 100).rounded() / 100
    }

    private static func seconds(of clock: clockid_t) -> Double? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec * 1_000_000_000 + time.tv_nsec) / 1e9
    }

    /// A file of one short line.
    private static func text(of path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
