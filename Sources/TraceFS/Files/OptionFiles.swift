internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// `trace_options` and `options/`: how records are taken and shown.
enum OptionFiles {
    /// `options/` of an instance.
    static let directory = DirectoryTable<TraceInstance>(
        mode: 0o750, summary: "The options, a file each.", entries: entries { !$0.isTopOnly })

    /// `options/` of the top instance, which has some more.
    static let topDirectory = DirectoryTable<TraceInstance>(
        mode: 0o750, summary: "The options, a file each.", entries: entries { _ in true })

    private static func entries(_ isThere: (TraceOption) -> Bool) -> [DirectoryTableEntry<TraceInstance>] {
        TraceOption.allCases.filter(isThere).map { .file($0.rawValue, file(of: $0)) } + [
            .file("test_nop_accept", testAccept), .file("test_nop_refuse", testRefuse),
        ]
    }

    private static func file(of option: TraceOption) -> File<TraceInstance> {
        .attribute(
            mode: 0o640, summary: "Whether the option is set.", value: { .boolean($0.options.has(option)) },
            write: { context, bytes, _ throws(Failure) in
                let isOn = try KernelNumber.zeroOrOne(bytes)
                try engine(.content, { _ in "the top instance stays what trace_printk writes to" }) {
                    () throws(Errno) in try context.set(option, isOn)
                }
            },
            // One instance at a time is what trace_printk writes to.
            releases: KernelNumber.isZero, reach: .fileSystem)
    }

    /// An option of the tracer `nop` that can be set, and does nothing.
    private static let testAccept = File<TraceInstance>.attribute(
        mode: 0o640, summary: "An option of the tracer nop, which takes it: one for all instances.",
        value: { .boolean($0.acceptsNopOption) },
        write: { context, bytes, _ throws(Failure) in
            let isOn = try KernelNumber.zeroOrOne(bytes)
            try engine { () throws(Errno) in try context.setNopOption(isOn) }
        }, reach: .fileSystem)

    /// An option of the tracer `nop` that cannot be set.
    private static let testRefuse = File<TraceInstance>.attribute(
        mode: 0o640, summary: "An option of the tracer nop, which refuses it.", value: { _ in .boolean(false) },
        write: { _, bytes, _ throws(Failure) in
            if try KernelNumber.zeroOrOne(bytes) {
                throw Failure(.invalidArgument, "the tracer refuses this option", subject: .content)
            }
        })

    /// Bytes of a write to `trace_options` at most.
    private static var textMax: Int { 63 }

    static let all = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The options, those that are not set with no before their name; a write sets one.",
        value: { context in
            .list(names(of: context).map { .text($0) })
        },
        write: { context, bytes, _ throws(Failure) in
            guard bytes.count > 0, bytes.count <= textMax else {
                throw Failure(.invalidArgument, "the name of one option is expected", subject: .content)
            }
            let name = String(repairing: bytes.extracting(0..<(bytes.firstIndex(of: 0) ?? bytes.count)).trimmed)
            try engine(.content, { _ in "there is no such option, or it cannot be set so" }) {
                () throws(Errno) in try context.setOption(named: name)
            }
        },
        // Which of them turns something off, the name alone says.
        releases: { $0.trimmed.starts(with: "no") }, reach: .fileSystem)

    private static func names(of instance: TraceInstance) -> [String] {
        let options = instance.options
        return TraceOption.allCases.map { options.has($0) ? $0.rawValue : "no" + $0.rawValue } + [
            instance.acceptsNopOption ? "test_nop_accept" : "notest_nop_accept", "notest_nop_refuse",
        ]
    }
}
