internal import PseudoFS
internal import SysFS

/// What the server was started with, as files under `/sys/module/jitfs/parameters`, where the kernel has what a module
/// was loaded with. For administrators: they are paths and addresses of the machine.
enum SettingsExport {
    static func attributes(_ configuration: ServerConfiguration, threads: Int) -> [SysAttribute] {
        func text(_ name: String, _ summary: String, _ text: String) -> SysAttribute {
            SysAttribute(name, summary: summary, authority: .admin) { .text(text) }
        }
        func flag(_ name: String, _ summary: String, _ flag: Bool) -> SysAttribute {
            SysAttribute(name, summary: summary, authority: .admin) { .flag(flag) }
        }
        return [
            SysAttribute("threads", summary: "Server threads, which are also the CPU lanes of records.") {
                .number(UInt64(threads))
            },
            text(
                "listen", "Where it was told to listen, with spaces between.",
                configuration.listeners.isEmpty
                    ? "127.0.0.1:8470" : configuration.listeners.map(\.setting).joined(separator: " ")),
            text(
                "import_events", "The catalogues that were imported, with spaces between.",
                configuration.importEvents.joined(separator: " ")),
            text(
                "kernel_events", "Where the tracefs of the kernel is; empty for none.", configuration.kernelEvents ?? ""
            ),
            text(
                "backing_dir", "The directory of the pools' backing stores; empty for none.",
                configuration.backingDirectory ?? ""),
            text("token_file", "The file of the tokens; empty for none.", configuration.tokenFile ?? ""),
            flag("insecure", "Whether strangers may connect without any credentials.", configuration.isInsecure),
            flag("default_pool", "Whether there was a pool ramzswap0 at the start.", configuration.hasDefaultPool),
        ]
    }
}

extension Listener {
    /// As the options of `jitfsd` have it.
    fileprivate var setting: String {
        switch self {
        case .tcp(let address, let port): address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor): "fd:\(descriptor)"
        }
    }
}
