internal import Glibc
internal import Locking
internal import SystemPackage

/// Pressure stall information of this process' control group, or of the machine, and the limits of both.
///
/// Source: Documentation/accounting/psi.rst, Documentation/admin-guide/cgroup-v2.rst. Somebody waited for memory for 200 ms of
/// the last two seconds: a window of two seconds is one that everybody may ask for.
public final class SystemMemorySource: MemorySource {
    private static let trigger = "some 200000 2000000"

    /// Nothing is opened yet.
    public init() {}

    // MARK: how much there is

    /// What `/proc/meminfo` says, or the control group, where that is less.
    public var outlook: MemoryOutlook {
        let memory = Self.numbers(SmallFile.read("/proc/meminfo") ?? "")
        var outlook = MemoryOutlook(
            totalBytes: (memory["MemTotal:"] ?? 0) << 10, availableBytes: (memory["MemAvailable:"] ?? 0) << 10)
        for group in Self.groups {
            let limits = ["memory.high", "memory.max"].compactMap { Self.number("\(group)/\($0)") }
            guard let limit = limits.min(), limit < outlook.totalBytes else { continue }
            outlook.totalBytes = limit
            // What the page cache has of the group goes first.
            let cache = Self.numbers(SmallFile.read("\(group)/memory.stat") ?? "")["inactive_file"] ?? 0
            let used = Self.number("\(group)/memory.current") ?? 0
            outlook.availableBytes = min(outlook.availableBytes, limit - min(used - min(cache, used), limit))
        }
        return outlook
    }

    /// The directories of this process' group and of those that it is in, the innermost first; none without version 2.
    private static var groups: [String] {
        let lines = SmallFile.read("/proc/self/cgroup")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("0::/") }) else { return [] }
        var names = line.dropFirst(4).split(separator: "/")
        var groups: [String] = []
        while true {
            groups.append((["/sys/fs/cgroup"] + names).joined(separator: "/"))
            if names.popLast() == nil { return groups }
        }
    }

    private static func number(_ path: String) -> UInt64? {
        SmallFile.read(path).flatMap { UInt64($0.split(separator: "\n").first ?? "") }
    }

    /// `name number` in each line.
    private static func numbers(_ text: String) -> [Substring: UInt64] {
        var numbers: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 2, let number = UInt64(words[1]) { numbers[words[0]] = number }
        }
        return numbers
    }

    // MARK: pressure

    /// Sets a trigger and waits for it on a thread of its own, which sleeps as long as nobody waits for memory.
    public func listen(_ heard: @escaping @Sendable (String) -> Void) -> Bool {
        let paths = Self.groups.prefix(1).map { "\($0)/memory.pressure" } + ["/proc/pressure/memory"]
        for path in paths {
            let descriptor = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            if descriptor < 0 { continue }
            let text = Array(Self.trigger.utf8) + [0]
            if unsafe write(descriptor, text, text.count) == text.count {
                do throws(Errno) {
                    try SystemThread { Self.wait(descriptor, path, heard) }.detach()
                    return true
                } catch {
                    close(descriptor)
                    return false
                }
            }
            close(descriptor)
        }
        return false
    }

    private static func wait(_ descriptor: CInt, _ path: String, _ heard: (String) -> Void) {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLPRI), revents: 0)
        while true {
            let count = unsafe poll(&wanted, 1, -1)
            if count < 0 {
                if errno == EINTR { continue }
                break
            }
            // The group is gone, and this process with it.
            if Int32(wanted.revents) & POLLERR != 0 { break }
            if Int32(wanted.revents) & POLLPRI != 0 { heard("\(path): 200 ms of 2 s waited for memory") }
        }
        close(descriptor)
    }
}
