internal import Bytes
internal import PseudoFS

/// What procfs says of the whole, in the texts of proc(5).
enum SystemFiles {
    /// `version`.
    static func version(_ source: SystemSource) -> File<Always> {
        .attribute(mode: 0o444, summary: "Which jitfs this is.", value: { _ in .text(source.version) })
    }

    /// `meminfo`: a name, a colon, and kilobytes of 1024 bytes; bytes in JSON.
    static func memory(_ source: SystemSource) -> File<Always> {
        .attribute(
            mode: 0o444, summary: "Where the memory is; kB in text, bytes in JSON.",
            value: { _ in
                var members: [Value.Member] = []
                for figure in source.memory() {
                    members.append(.init(figure.member, .unsigned(figure.bytes)))
                    if figure.parts.isEmpty { continue }
                    let parts = figure.parts.map { Value.Member($0.name, .unsigned($0.bytes)) }
                    members.append(.init(figure.member + "_by_name", .record(parts)))
                }
                return .record(members)
            },
            text: { _, out in
                for figure in source.memory() {
                    appendLine(figure.label, figure.bytes, to: &out)
                    for part in figure.parts { appendLine("\(figure.label)(\(part.name))", part.bytes, to: &out) }
                }
            })
    }

    /// As the kernel's `show_val_kb`: the number ends in column 24.
    private static func appendLine(_ label: String, _ bytes: UInt64, to out: inout ByteBuffer) {
        let start = out.count
        out.append(escaped: label, isColumn: true)
        out.append(0x3A)
        let digits = String(bytes / 1024)
        repeat { out.append(0x20) } while out.count - start + digits.utf8.count < 24
        out.append(digits)
        out.append(" kB\n")
    }

    /// `uptime`: seconds since the start, and those that the CPUs did nothing for us, all CPUs together.
    static func uptime(_ source: SystemSource) -> File<Always> {
        .attribute(
            mode: 0o444, summary: "Seconds since the start, and those that the CPUs together did nothing for jitfs.",
            value: { _ in
                let times = source.times()
                return .record([
                    .init("uptime_ms", .unsigned(hundredths(times.uptimeNanoseconds) * 10)),
                    .init("idle_ms", .unsigned(hundredths(times.idleNanoseconds) * 10)),
                ])
            },
            text: { _, out in
                let times = source.times()
                append(seconds: times.uptimeNanoseconds, to: &out)
                out.append(0x20)
                append(seconds: times.idleNanoseconds, to: &out)
                out.append(0x0A)
            })
    }

    /// `stat`: the lines of the kernel's that mean something here.
    ///
    /// `cpu` has its ten columns in hundredths of a second: user, nice, system, idle, iowait, irq, softirq, steal, guest,
    /// guest_nice; those that nobody counts for a process are 0. `ctxt` are context switches of the process, `btime` the
    /// start, `processes` the clients that there ever were, `procs_running` those that are being answered.
    static func statistics(_ source: SystemSource) -> File<Always> {
        .attribute(
            mode: 0o444, summary: "CPU time in hundredths of a second, context switches, the start, clients.",
            value: { _ in
                let times = source.times()
                return .record([
                    .init("user", .unsigned(hundredths(times.userNanoseconds))),
                    .init("system", .unsigned(hundredths(times.systemNanoseconds))),
                    .init("idle", .unsigned(hundredths(times.idleNanoseconds))),
                    .init("ctxt", .unsigned(times.contextSwitches)), .init("btime", .unsigned(times.startSeconds)),
                    .init("processes", .unsigned(times.clientsEver)),
                    .init("procs_running", .unsigned(times.clientsRunning)),
                ])
            },
            text: { _, out in
                let times = source.times()
                out.append("cpu  ")
                out.append(decimal: hundredths(times.userNanoseconds))
                out.append(" 0 ")
                out.append(decimal: hundredths(times.systemNanoseconds))
                out.append(0x20)
                out.append(decimal: hundredths(times.idleNanoseconds))
                out.append(" 0 0 0 0 0 0\n")
                for (name, number) in [
                    ("ctxt", times.contextSwitches), ("btime", times.startSeconds), ("processes", times.clientsEver),
                    ("procs_running", times.clientsRunning),
                ] {
                    out.append(name)
                    out.append(0x20)
                    out.append(decimal: number)
                    out.append(0x0A)
                }
            })
    }

    private static func hundredths(_ nanoseconds: UInt64) -> UInt64 { nanoseconds / 10_000_000 }

    private static func append(seconds nanoseconds: UInt64, to out: inout ByteBuffer) {
        let hundredths = hundredths(nanoseconds)
        out.append(decimal: hundredths / 100)
        out.append(0x2E)
        if hundredths % 100 < 10 { out.append(0x30) }
        out.append(decimal: hundredths % 100)
    }
}
