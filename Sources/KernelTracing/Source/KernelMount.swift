internal import SystemPackage

/// A tracefs that was looked at and found fit: nothing was changed in it.
public struct KernelMount: Sendable {
    /// Where it is.
    public let path: String
    /// CPUs that the kernel has buffers for, those that are off included: the lanes that its records need.
    public let cpuCount: Int
    let tracefs: any Tracefs

    /// Looks at a directory.
    ///
    /// - Parameter path: where a tracefs is mounted: `/sys/kernel/tracing`.
    /// - Throws: where there is none, or this process may not use it.
    public init(_ path: String) throws(KernelTracingError) {
        try self.init(path, TracefsDirectory(root: path))
    }

    init(_ path: String, _ tracefs: any Tracefs) throws(KernelTracingError) {
        self.path = path
        self.tracefs = tracefs
        do throws(Errno) {
            _ = try PageLayout(parsing: try tracefs.read("events/header_page"))
            _ = try tracefs.names(in: "instances")
            let cpus = try tracefs.names(in: "per_cpu").compactMap(KernelInstance.cpu)
            cpuCount = (cpus.max() ?? 0) + 1
        } catch {
            throw KernelTracingError(Self.reason(error, path))
        }
    }

    private static func reason(_ error: Errno, _ path: String) -> String {
        switch error {
        case .permissionDenied, .notPermitted: "\(path): \(error.description); tracing the kernel needs root"
        case .noSuchFileOrDirectory, .notDirectory:
            "\(path): there is no tracefs; mount -t tracefs nodev /sys/kernel/tracing makes one"
        case .invalidArgument: "\(path): events/header_page is none that is understood"
        default: "\(path): \(error.description)"
        }
    }
}
