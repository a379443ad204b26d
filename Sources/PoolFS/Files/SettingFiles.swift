internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// What can be set on a pool, under zram's names where it has one.
enum SettingFiles {
    static let disksize = size(
        "Bytes of the device; may be changed, but not below a page that is stored.", { $0.disksizeBytes },
        { pool, bytes throws(Errno) in try pool.setDisksize(bytes) },
        refused: { pool, errno in
            errno == .resourceBusy ? "a page beyond that is stored" : "a device has 1 byte to 16T"
        })

    static let memLimit = File<PagePool>.attribute(
        mode: 0o644,
        summary: "Bytes of memory that the pool may hold; 0 for no limit, auto to follow how scarce memory is.",
        value: { .unsigned($0.memLimitBytes) },
        write: { context, bytes, _ throws(Failure) in
            if bytes.trimmed.equals("auto") {
                return try pool(.content, context.reason) { () throws(Errno) in try context.setMemLimitAuto() }
            }
            let size = try parse(bytes)
            try pool(.content, { memLimitReason($0, context) }) { () throws(Errno) in try context.setMemLimit(size) }
        }, appends: false)

    private static func memLimitReason(_ errno: Errno, _ pool: PagePool) -> String {
        if errno == .operationNotSupportedByDevice { return pool.reason(errno) }
        let held = "the pool holds \(pool.statistics.heldBytes) bytes"
        return pool.backingName == nil ? held : held + ", and not enough of that can go to the backing store"
    }

    static let memLimitMode = File<PagePool>.attribute(
        mode: 0o644, summary: "Whether mem_limit follows how scarce memory is: fixed or auto.",
        value: { .text($0.isMemLimitAuto ? "auto" : "fixed") },
        text: { pool, out in out.append(pool.isMemLimitAuto ? "fixed [auto]\n" : "[fixed] auto\n") },
        write: { context, bytes, _ throws(Failure) in
            if bytes.trimmed.equals("fixed") { return context.fixMemLimit() }
            guard bytes.trimmed.equals("auto") else {
                throw Failure(.invalidArgument, "fixed or auto is expected", subject: .content)
            }
            try pool(.content, context.reason) { () throws(Errno) in try context.setMemLimitAuto() }
        }, appends: false)

    static let memUsedMax = File<PagePool>.attribute(
        mode: 0o644, summary: "The most bytes that were ever held; 0 begins anew with what is held now.",
        value: { .unsigned($0.statistics.heldBytesMax) },
        write: { pool, bytes, _ throws(Failure) in
            guard try KernelNumber.unsigned(bytes) == 0 else {
                throw Failure(.invalidArgument, "only 0 can be written", subject: .content)
            }
            pool.forgetMemUsedMax()
        }, appends: false)

    static let reset = File<PagePool>.sink(
        mode: 0o200, summary: "A number above 0 discards every page and zeroes the statistics; the settings stay.",
        write: { context, bytes, _ throws(Failure) in
            guard try KernelNumber.unsigned(bytes) > 0 else {
                throw Failure(.invalidArgument, "a number above 0 is expected", subject: .content)
            }
            try pool(.node, context.reason) { () throws(Errno) in try context.reset() }
        })

    static func algorithm(of codec: any PageCodec) -> File<PagePool> {
        .attribute(
            mode: 0o644, summary: "How pages are compressed; there is one way.",
            value: { _ in .text(codec.name) },
            text: { _, out in
                out.append(0x5B)
                out.append(codec.name)
                out.append("]\n")
            },
            write: { _, bytes, _ throws(Failure) in
                if !bytes.trimmed.equals(codec.name) {
                    throw Failure(.invalidArgument, "there is only \(codec.name)", subject: .content)
                }
            }, appends: false)
    }

    static func level(of codec: any PageCodec) -> File<PagePool> {
        let levels = codec.levels
        return .attribute(
            mode: 0o644,
            summary:
                "How hard pages are compressed that come from now on, \(levels.lowerBound) to \(levels.upperBound).",
            value: { .integer(Int64($0.level)) },
            write: { context, bytes, _ throws(Failure) in
                guard let level = Int(String(repairing: bytes.trimmed)), levels.contains(level) else {
                    let reason = "a level is a number from \(levels.lowerBound) to \(levels.upperBound)"
                    throw Failure(.invalidArgument, reason, subject: .content)
                }
                try pool(.content, context.reason) { () throws(Errno) in try context.setLevel(level) }
            }, appends: false)
    }

    private static func parse(_ bytes: Span<UInt8>) throws(Failure) -> UInt64 {
        guard let size = Size.parse(bytes.trimmed) else {
            throw Failure(
                .invalidArgument, "a size is a whole number of bytes, with K, M, G or T for powers of 1024",
                subject: .content)
        }
        return size
    }

    private static func size(
        _ summary: String, _ value: @escaping @Sendable (PagePool) -> UInt64,
        _ set: @escaping @Sendable (PagePool, UInt64) throws(Errno) -> Void,
        refused: @escaping @Sendable (PagePool, Errno) -> String
    ) -> File<PagePool> {
        .attribute(
            mode: 0o644, summary: summary, value: { .unsigned(value($0)) },
            write: { context, bytes, _ throws(Failure) in
                let size = try parse(bytes)
                try pool(.content, { $0 == .operationNotSupportedByDevice ? context.reason($0) : refused(context, $0) })
                { () throws(Errno) in try set(context, size) }
            }, appends: false)
    }
}
