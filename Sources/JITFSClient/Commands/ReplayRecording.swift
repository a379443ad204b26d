internal import ArgumentParser
internal import Bytes
internal import SwapReplay

/// `jitfs replay`: what if the pool had been another one?
struct ReplayRecording: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Tell what a recorded pool would have held, hit and read with other settings.",
        discussion: """
            The recording goes through models; no server is asked. Of allocators: stacks, as jitfsd's pools have them; \
            xvmalloc, compcache's of 2009; zsmalloc, zram's. Of policies, which say what goes to a modelled disk when --mem-limit \
            is reached: clock, lru, fifo; and half, the article's, by which pages that compress to more than half go out at \
            once. Several are tried in one run, each with memory of its own:

              jitfs replay monday.recording --allocator stacks,zsmalloc --policy all --mem-limit 64M

            "held" is memory with all that belongs to it, "ideal" the compressed bytes in it, "times" the one beside the other.
            """)

    @Argument(help: ArgumentHelp("A recording; - is standard input.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp("stacks, xvmalloc, zsmalloc or all; several with commas.", valueName: "allocators"))
    var allocator = "stacks"

    @Option(
        help: ArgumentHelp("clock, lru, fifo, half or all; several with commas.", valueName: "policies"))
    var policy = "clock"

    @Option(
        help: ArgumentHelp(
            "What may be held, with K, M, G or T; 0 is as much as it takes.", valueName: "size"))
    var memLimit = "0"

    @Flag(help: "As JSON, one object; times in nanoseconds, sizes in bytes.")
    var json = false

    func validate() throws { _ = try plan() }

    private func plan() throws -> ReplayPlan {
        guard let limit = Size.parse(memLimit) else {
            throw ValidationError("--mem-limit is a size such as 64M, not \(memLimit)")
        }
        return ReplayPlan(
            allocators: try Self.chosen(allocator, "--allocator"), policies: try Self.chosen(policy, "--policy"),
            memLimitBytes: limit == 0 ? nil : limit)
    }

    /// What is named, in the order in which there are any, each once.
    private static func chosen<Choice: RawRepresentable & CaseIterable & Equatable>(
        _ text: String, _ option: String
    ) throws -> [Choice] where Choice.RawValue == String {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names == ["all"] { return Array(Choice.allCases) }
        for name in names where Choice(rawValue: name) == nil {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(option) is all, or of \(known), not \"\(name)\"")
        }
        return Choice.allCases.filter { names.contains($0.rawValue) }
    }

    func run() throws {
        let plan = try plan()
        try Complaint.reporting {
            let input = try InputFile(file)
            var replay = Replay(plan)
            let isComplete = try Self.read(input, &replay)
            try show(replay.report(), isComplete: isComplete)
        }
    }

    /// Goes through the recording.
    ///
    /// - Returns: whether it has an end.
    /// - Throws: a complaint where it is no recording, or damaged: half a truth would look like a whole one.
    private static func read(_ input: InputFile, _ replay: inout Replay) throws -> Bool {
        var parser = RecordingParser()
        var bar = ProgressBar(input.size)
        defer { bar.clear() }
        do {
            var done: UInt64 = 0
            while true {
                let count = try input.next { bytes in try parser.take(bytes, &replay) }
                if count == 0 { break }
                done += UInt64(count)
                bar.show(done)
            }
            try parser.finish()
            return true
        } catch let error as RecordingError {
            // What was recorded before a crash is as good as ever.
            if error.kind == .cutShort, parser.header != nil {
                bar.clear()
                StandardError.write("jitfs: \(Complaint(input.path, error.description))\n")
                return false
            }
            throw Complaint(input.path, "EINVAL: \(error.description)")
        }
    }

    private func show(_ report: ReplayReport, isComplete: Bool) throws {
        if json {
            var out = ByteBuffer()
            report.append(jsonTo: &out, isComplete: isComplete)
            return try StandardOutput.write(line: out.text)
        }
        for line in ReplayTables(report: report).lines { try StandardOutput.write(line: line) }
    }
}
