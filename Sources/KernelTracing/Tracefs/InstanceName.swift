internal import Glibc
internal import SystemPackage
internal import Synchronization

/// The name of our instance in the kernel: `jitfs-PID-START-NUMBER`, which says whose it is.
///
/// START is when the process began, in ticks since the machine did: a pid is used again, the two together are not.
struct InstanceName: Equatable {
    let pid: Int32
    let start: UInt64
    /// One process may have several servers.
    let number: UInt64

    private static let lastNumber = Atomic<UInt64>(0)

    /// A new name for this process.
    init() {
        pid = getpid()
        start = Self.start(of: pid) ?? 0
        number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Reads a name; nil for one that is not ours.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "jitfs", let pid = Int32(parts[1]), pid > 0,
            let start = UInt64(parts[2]), let number = UInt64(parts[3])
        else { return nil }
        self.pid = pid
        self.start = start
        self.number = number
        guard self.text == text else { return nil }
    }

    var text: String { "jitfs-\(pid)-\(start)-\(number)" }

    /// Whether the process is still there, as far as this process can see others.
    var isAlive: Bool { Self.start(of: pid) == start }

    /// When a process began: field 22 of `/proc/PID/stat`, counted behind the name in its parentheses.
    static func start(of pid: Int32) -> UInt64? {
        guard let bytes = try? TracefsDirectory(root: "/proc").read("\(pid)/stat"),
            let end = bytes.lastIndex(of: 0x29)
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: 0x20)
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) : nil
    }
}
