internal import Bytes
internal import PseudoFS

/// What is mounted, and what could be.
enum MountFiles {
    /// `mounts`: `jitfs /tracing tracefs rw 0 0`, a mount a line, as proc(5) describes it.
    static func mounts(_ source: SystemSource) -> File<Always> {
        .attribute(
            mode: 0o444, summary: "What is mounted where.",
            value: { _ in
                .list(
                    source.mounts().map { mount in
                        .record([
                            .init("source", .text("jitfs")), .init("target", .text(mount.path)),
                            .init("type", .text(mount.fileSystem.type)), .init("options", .text("rw")),
                        ])
                    })
            },
            text: { _, out in
                for mount in source.mounts() {
                    out.append("jitfs ")
                    out.append(escaped: mount.path, isColumn: true)
                    out.append(0x20)
                    out.append(mount.fileSystem.type)
                    out.append(" rw 0 0\n")
                }
            })
    }

    /// `filesystems`: `nodev`, a tab and a type a line: none of them lies on a device.
    static func types(_ source: SystemSource) -> File<Always> {
        .attribute(
            mode: 0o444, summary: "The types of what is mounted.",
            value: { _ in .list(types(of: source.mounts()).map { .text($0) }) },
            text: { _, out in
                for type in types(of: source.mounts()) {
                    out.append("nodev\t")
                    out.append(type)
                    out.append(0x0A)
                }
            })
    }

    private static func types(of mounts: [Mount]) -> [String] {
        var known: Set<String> = []
        return mounts.map(\.fileSystem.type).filter { known.insert($0).inserted }
    }
}
