internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// `dictionary`: what is asked of a pool's dictionaries, and beside it in JSON what there are and what they give.
enum DictionaryFiles {
    static let dictionary = File<PagePool>.attribute(
        mode: 0o644, summary: "Whether dictionaries are trained for pages that come: off, auto, speed or space.",
        value: { .text($0.dictionaryPolicy.rawValue) },
        members: { pool in members(of: pool.dictionaryReport) },
        text: { pool, out in
            let chosen = pool.dictionaryPolicy
            for (index, policy) in DictionaryPolicy.allCases.enumerated() {
                if index > 0 { out.append(0x20) }
                out.append(policy == chosen ? "[\(policy.rawValue)]" : policy.rawValue)
            }
            out.append(0x0A)
        },
        write: { context, bytes, _ throws(Failure) in
            guard let policy = DictionaryPolicy(rawValue: String(repairing: bytes.trimmed)) else {
                let known = DictionaryPolicy.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.invalidArgument, "known are \(known)", subject: .content)
            }
            try pool(.content, context.reason) { () throws(Errno) in try context.setDictionaryPolicy(policy) }
        }, appends: false)

    private static func members(of report: DictionaryReport) -> [Value.Member] {
        var members: [Value.Member] = [
            .init("trainings", .unsigned(report.trainings)), .init("failures", .unsigned(report.failures)),
            .init("pages_sampled", .integer(Int64(report.pagesSampled))),
        ]
        if let trial = report.trial {
            members.append(
                .init(
                    "trial",
                    .record([
                        .init("bytes_without", .integer(Int64(trial.meanWithout.rounded()))),
                        .init("bytes_with", .integer(Int64(trial.meanWith.rounded()))),
                        .init("adopted", .boolean(trial.isAdopted)),
                    ])))
        }
        let dictionaries = report.dictionaries.map { use in
            Value.record([
                .init("number", .integer(Int64(use.number))), .init("kind", .text(use.kind.name)),
                .init("bytes", .integer(Int64(use.contentBytes))), .init("held_bytes", .integer(Int64(use.heldBytes))),
                .init("pages", .unsigned(use.pages)), .init("current", .boolean(use.isCurrent)),
            ])
        }
        return members + [.init("dictionaries", .list(dictionaries))]
    }
}
