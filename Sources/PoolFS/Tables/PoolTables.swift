internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// The shape of `/pool`.
///
/// The tables are made once; a pool adds nothing to them, and neither does a page.
struct PoolTables {
    let pools: PagePools
    let defaults: PagePoolOptions

    /// `/pool`: a directory for each pool.
    var top: DirectoryTable<Always> {
        DirectoryTable(
            mode: 0o755, summary: "Page pools; POST {\"name\":…,\"disksize\":\"256M\"} makes one.",
            children: .directories(
                pool, find: { [pools] _, name in pools.pool(named: name) }, items: { [pools] _ in pools.pools },
                name: { $0.name }, bind: { $1 }),
            members: PoolRequest.members + ["owner"],
            make: { [pools, defaults] _, name, request throws(Failure) in
                let options = try PoolRequest.options(request.members, defaults: defaults, codec: pools.codec)
                if options.backing != nil, pools.backing == nil {
                    throw Failure(.invalidArgument, BackingReason.noDirectory, subject: .content)
                }
                // What is wrong with a file is about what the request says.
                let subject: Failure.Subject = options.backing == nil ? .node : .content
                let pool = try PoolFS.pool(subject, { PoolRequest.reason($0, name: name, options) }) {
                    () throws(Errno) in try pools.create(name: name, options: options)
                }
                guard let owner = request.owner, !owner.adopt(pool, in: pools) else { return }
                throw Owner.unknown(owner.name)
            })
    }

    private var pool: DirectoryTable<PagePool> {
        DirectoryTable(
            mode: 0o755, summary: "A pool of compressed pages.",
            entries: [
                .file("backing_dev", BackingFiles.device(of: pools)),
                .file("batch", BatchFile.batch(of: pools)),
                .file("bd_stat", BackingFiles.statistics),
                .file("comp_algorithm", SettingFiles.algorithm(of: pools.codec)),
                .file("data", DeviceFiles.data),
                .file("dictionary", DictionaryFiles.dictionary),
                .file("disksize", SettingFiles.disksize),
                .file("histogram", StatisticsFiles.histogram),
                .file("idle", BackingFiles.idle),
                .file("io_stat", StatisticsFiles.operations),
                .file("level", SettingFiles.level(of: pools.codec)),
                .file("mem_limit", SettingFiles.memLimit),
                .file("mem_limit_mode", SettingFiles.memLimitMode),
                .file("mem_used_max", SettingFiles.memUsedMax),
                .file("mm_stat", StatisticsFiles.memory),
                .file("recompress", RecompressionFiles.recompress(of: pools.codec)),
                .file("reset", SettingFiles.reset),
                .file("restore", SnapshotFiles.restore),
                .file("scrub", ScrubFile.scrub),
                .file("snapshot", SnapshotFiles.snapshot),
                .file("spill", BackingFiles.spill),
                .file("writeback", BackingFiles.writeback),
                .file("writeback_limit", BackingFiles.writebackLimit),
                .file("writeback_limit_enable", BackingFiles.writebackLimitEnable),
                .directory("pages", pages),
            ],
            remove: { [pools] context, _ throws(Failure) in
                try PoolFS.pool(.node, { $0.description }) { () throws(Errno) in try pools.remove(context) }
            })
    }

    private var pages: DirectoryTable<PagePool> {
        DirectoryTable(
            mode: 0o755, summary: "The pages that are stored, by number; any number below the device's end can be put.",
            children: .numberedFiles(
                PageFiles.page, bind: { PageContext(pool: $0, number: $1) },
                next: { pool, number in pool.nextStored(from: UInt64(number)).map { Int($0) } }))
    }
}
