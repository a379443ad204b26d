internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// `scrub`: every page read in the background, to find damage before somebody needs the page.
enum ScrubFile {
    static let scrub = File<PagePool>.attribute(
        mode: 0o644,
        summary: "How far a scrub is, or what the last came to; a number above 0 begins one, 0 stops it.",
        value: { .record(members(of: $0.scrubReport)) },
        text: { pool, out in
            for member in members(of: pool.scrubReport) {
                out.append(member.name)
                out.append(0x3A)
                let values = if case .list(let list) = member.value { list } else { [member.value] }
                for value in values {
                    out.append(0x20)
                    if case .text(let text) = value { out.append(text) } else { out.append(json: value) }
                }
                out.append(0x0A)
            }
        },
        write: { context, bytes, _ throws(Failure) in
            if try KernelNumber.unsigned(bytes) == 0 { return context.endScrub() }
            let reason: (Errno) -> String = {
                $0 == .resourceBusy ? "a scrub is under way; 0 stops it" : context.reason($0)
            }
            try pool(.node, reason) { () throws(Errno) in try context.beginScrub() }
        })

    private static func members(of report: ScrubReport) -> [Value.Member] {
        [
            .init("state", .text(report.state.rawValue)),
            .init("pages_checked", .unsigned(report.pagesChecked)),
            .init("pages_total", .unsigned(report.pagesTotal)),
            .init("pages_damaged", .unsigned(report.pagesDamaged)),
            .init("damaged", .list(report.damaged.map { .unsigned($0) })),
            .init("began_at", .integer(report.beganAt)),
            .init("ended_at", .integer(report.endedAt)),
            .init("passes", .unsigned(report.passes)),
        ]
    }
}
