internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// The backing store of a pool: which it is, what it holds, and what goes there. zram's names and words.
///
/// Source: Documentation/admin-guide/blockdev/zram.rst, and zram's own `writeback_store`, `idle_store`.
enum BackingFiles {
    /// For how long a request waits for what it asked to be written; the rest is written all the same.
    private static let writebackWait: UInt64 = 1_000_000_000

    static func device(of pools: PagePools) -> File<PagePool> {
        .attribute(
            mode: 0o644,
            summary: "The file that cold pages go to, NAME or NAME SIZE; none while no page is in it lets it go.",
            value: { .text($0.backingName ?? "none") },
            write: { context, bytes, _ throws(Failure) in
                guard let choice = choice(String(repairing: bytes.trimmed)) else {
                    throw Failure(
                        .invalidArgument,
                        "none is expected, or the name of a file, with a size behind it to have it made",
                        subject: .content)
                }
                guard let directory = pools.backing else {
                    throw Failure(.invalidArgument, BackingReason.noDirectory, subject: .content)
                }
                try pool(.content, { reason($0, context) }) { () throws(Errno) in
                    try context.setBacking(choice.file, in: directory)
                }
            }, appends: false)
    }

    /// `none`, `NAME`, `NAME SIZE`; nil for nothing.
    private static func choice(_ text: String) -> Choice? {
        if text.isEmpty { return nil }
        if text == "none" { return Choice(file: nil) }
        guard let space = text.lastIndex(of: " "), let size = Size.parse(text[text.index(after: space)...]), size > 0
        else { return Choice(file: BackingChoice(name: text)) }
        var name = text[..<space]
        while name.last == " " { name.removeLast() }
        return Choice(file: BackingChoice(name: String(name), bytes: size))
    }

    private struct Choice {
        let file: BackingChoice?
    }

    private static func reason(_ errno: Errno, _ pool: PagePool) -> String {
        if errno == .operationNotSupportedByDevice { return pool.reason(errno) }
        let onDisk = pool.statistics.pagesOnDisk
        if errno == .resourceBusy, onDisk > 0 { return "\(onDisk) pages are in \(pool.backingName ?? "it")" }
        return BackingReason.of(errno)
    }

    /// `bd_stat`: zram's three columns, blocks of 4 KiB; more in JSON.
    static let statistics = File<PagePool>.attribute(
        mode: 0o444, summary: "What the backing store holds, and blocks of 4 KiB that were read and written.",
        value: { pool in
            let (backing, pages) = (pool.backingStatistics, pool.statistics)
            let trouble = pool.backingTrouble.map { [Value.Member("trouble", .text($0))] } ?? []
            return .record(
                [
                    .init("bd_count", .unsigned(backing.clustersUsed * blocksPerCluster)),
                    .init("bd_reads", .unsigned(backing.blocksRead)),
                    .init("bd_writes", .unsigned(backing.writeRequests * blocksPerCluster)),
                    .init("pages", .unsigned(pages.pagesOnDisk)),
                    .init("stored_bytes", .unsigned(pages.storedBytesOnDisk)),
                    .init("live_bytes", .unsigned(backing.liveBytes)),
                    .init("size", .unsigned(backing.clusters * blocksPerCluster * 4096)),
                    .init("read_requests", .unsigned(backing.readRequests)),
                    .init("write_requests", .unsigned(backing.writeRequests)),
                    .init("read_failures", .unsigned(backing.readFailures)),
                    .init("write_failures", .unsigned(backing.writeFailures)),
                    .init("spilled_pages", .unsigned(backing.pagesSpilled)),
                    .init("promoted_pages", .unsigned(backing.pagesPromoted)),
                    .init("moved_pages", .unsigned(backing.pagesMoved)),
                    .init("writable", .boolean(backing.isWritable)),
                ] + trouble)
        },
        text: { pool, out in
            let backing = pool.backingStatistics
            let columns = [
                backing.clustersUsed * blocksPerCluster, backing.blocksRead, backing.writeRequests * blocksPerCluster,
            ]
            for (index, column) in columns.enumerated() {
                if index > 0 { out.append(0x20) }
                out.append(decimal: column, width: 8)
            }
            out.append(0x0A)
        })

    private static let blocksPerCluster: UInt64 = 16

    static let spill = File<PagePool>.attribute(
        mode: 0o644,
        summary: "Which pages go to the backing store by themselves: never, half (more than half a page), pressure.",
        value: { .text($0.spillPolicy.rawValue) },
        text: { pool, out in
            for (index, policy) in SpillPolicy.allCases.enumerated() {
                if index > 0 { out.append(0x20) }
                out.append(policy == pool.spillPolicy ? "[\(policy.rawValue)]" : policy.rawValue)
            }
            out.append(0x0A)
        },
        write: { context, bytes, _ throws(Failure) in
            guard let policy = SpillPolicy(rawValue: String(repairing: bytes.trimmed)) else {
                throw Failure(.invalidArgument, "never, half or pressure is expected", subject: .content)
            }
            try pool(.content, context.reason) { () throws(Errno) in try context.setSpillPolicy(policy) }
        }, appends: false)

    static let idle = File<PagePool>.sink(
        mode: 0o200, summary: "all calls every page idle, until it is put or got.",
        write: { context, bytes, _ throws(Failure) in
            // What a kernel says that does not keep the time of each access.
            guard bytes.trimmed.equals("all") else {
                throw Failure(.invalidArgument, "all is expected; times are not kept", subject: .content)
            }
            try pool(.node, context.reason) { () throws(Errno) in try context.markIdle() }
        })

    static let writeback = File<PagePool>.sink(
        mode: 0o200,
        summary: "Writes pages to the backing store: idle, huge, huge_idle, or page_indexes=LOW-HIGH and page_index=N.",
        write: { context, bytes, _ throws(Failure) in
            guard let kind = kind(String(repairing: bytes.trimmed)) else {
                let reason = "idle, huge, huge_idle, incompressible, page_index=N or page_indexes=LOW-HIGH is expected"
                throw Failure(.invalidArgument, reason, subject: .content)
            }
            if context.backingName == nil, !context.isDead {
                throw Failure(.invalidArgument, "the pool has no backing store: backing_dev is none", subject: .content)
            }
            try pool(.content, { writebackReason($0, context) }) { () throws(Errno) in
                try context.writeBack(kind, waitsNanoseconds: writebackWait)
            }
        })

    /// zram's words: a type alone, with or without `type=`, or pages, some of them.
    private static func kind(_ text: String) -> WritebackKind? {
        let words = text.split(separator: " ")
        if words.count == 1, let kind = type(words[0].hasPrefix("type=") ? words[0].dropFirst(5) : words[0]) {
            return kind
        }
        var ranges: [ClosedRange<UInt64>] = []
        for word in words {
            let pair = word.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let range = range(pair[1], isOne: pair[0] == "page_index"),
                pair[0] == "page_index" || pair[0] == "page_indexes"
            else { return nil }
            ranges.append(range)
        }
        return ranges.isEmpty ? nil : .pages(ranges)
    }

    private static func type(_ word: Substring) -> WritebackKind? {
        switch word {
        case "idle": .idle
        // There is one algorithm; what it cannot compress nothing can.
        case "huge", "incompressible": .huge
        case "huge_idle": .hugeIdle
        default: nil
        }
    }

    private static func range(_ text: Substring, isOne: Bool) -> ClosedRange<UInt64>? {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt64($0) }
        guard ends.count == (isOne ? 1 : 2), let low = ends[0], let high = ends[ends.count - 1], low <= high,
            high < 1 << 32
        else { return nil }
        return low...high
    }

    private static func writebackReason(_ errno: Errno, _ pool: PagePool) -> String {
        switch errno {
        case .invalidArgument: pool.reason(errno, page: .max)
        case .noSuchAddressOrDevice: "the pool has no backing store: backing_dev is none"
        case .noSpace: "the backing store is full"
        case .noMemory: "the system gives no thread to write with"
        case .ioError where pool.isWritebackLimited && pool.writebackLimit < blocksPerCluster:
            "writeback_limit leaves less than the \(blocksPerCluster) blocks of a cluster"
        default: pool.reason(errno)
        }
    }

    static let writebackLimit = File<PagePool>.attribute(
        mode: 0o644, summary: "Blocks of 4 KiB that may still be written to the backing store, where that is limited.",
        value: { .unsigned($0.writebackLimit) },
        write: { context, bytes, _ throws(Failure) in
            context.setWritebackLimit(blocks: try KernelNumber.unsigned(bytes))
        }, appends: false)

    static let writebackLimitEnable = File<PagePool>.attribute(
        mode: 0o644, summary: "Whether writeback_limit holds.", value: { .boolean($0.isWritebackLimited) },
        write: { context, bytes, _ throws(Failure) in
            context.setWritebackLimit(isLimited: try KernelNumber.zeroOrOne(bytes))
        }, appends: false)
}

/// What an errno says about a file that was to become a backing store.
enum BackingReason {
    static let noDirectory = "there is no directory for backing stores: jitfsd was started without --backing-dir"

    static func of(_ errno: Errno) -> String {
        switch errno {
        case .invalidArgument:
            "a backing store is the name of a regular file or a block device of at least 256 KiB in the directory given"
                + " with --backing-dir, no path"
        case .tooManySymbolicLinkLevels: "a backing store is no link"
        case .resourceBusy: "a pool, or another program, has it"
        case .noSuchFileOrDirectory:
            "there is no such file in the directory given with --backing-dir; a size has it made"
        case .noSpace: "there is no room for it, or mem_limit leaves none for its buffers of 128 KiB"
        default: errno.description
        }
    }
}
