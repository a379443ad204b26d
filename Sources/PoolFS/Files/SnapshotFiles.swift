internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// `snapshot` and `restore`: all pages of a pool as a stream, out of it and into it.
enum SnapshotFiles {
    static let snapshot = File<PagePool>.rendered(
        mode: 0o444, content: .document, forms: [.snapshot],
        summary: "Every page as it is stored, with checksums; for restore, of this pool or another.",
        open: { pool, _ in SnapshotFile(pool) })

    static let restore = File<PagePool>.intake(
        mode: 0o200, summary: "Takes a snapshot, whole or not at all, and gives the pool its pages for those it has."
    ) { context, _ throws(Failure) in
        let reason: (Errno) -> String = {
            $0 == .resourceBusy ? "another restore of this pool is under way" : context.reason($0)
        }
        return try pool(.node, reason) { () throws(Errno) in RestoreWrite(try PoolRestore(into: context), context) }
    }
}

/// A snapshot while it is read.
private final class SnapshotFile: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private let pool: PagePool
    private let writer: SnapshotWriter
    private(set) var failure: Failure?

    init(_ pool: PagePool) {
        self.pool = pool
        writer = SnapshotWriter(of: pool)
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        do throws(Errno) {
            return try writer.write(into: &buffer) ? .more : .end
        } catch {
            let reason = error == .badMessage ? "a page is damaged; scrub says which" : pool.reason(error)
            failure = Failure(error, reason)
            return .end
        }
    }

    func close() {}
}

/// A snapshot while it is written into a pool.
private final class RestoreWrite: OpenWrite {
    private let restore: PoolRestore
    private let pool: PagePool

    init(_ restore: PoolRestore, _ pool: PagePool) {
        self.restore = restore
        self.pool = pool
    }

    func write(_ bytes: Span<UInt8>) throws(Failure) {
        do throws(RestoreFailure) { try restore.take(bytes) } catch { throw failure(error) }
    }

    func finish() throws(Failure) {
        do throws(RestoreFailure) { try restore.finish() } catch { throw failure(error) }
    }

    func abandon() { restore.abandon() }

    private func failure(_ failure: RestoreFailure) -> Failure {
        switch failure {
        case .mistake(let mistake): Failure(.invalidArgument, reason(mistake), subject: .content)
        case .refused(.noSpace):
            Failure(.noSpace, pool.reason(.noSpace) + Self.whatHelps(pool))
        case .refused(.resourceBusy): Failure(.resourceBusy, "the device became smaller meanwhile")
        case .refused(let errno): Failure(errno, pool.reason(errno))
        }
    }

    /// New pages are all in memory until the last of them came.
    private static func whatHelps(_ pool: PagePool) -> String {
        pool.statistics.pagesStored == 0
            ? ": all new pages are in memory until the snapshot's end; a larger mem_limit has room for them, and can be set"
                + " back then"
            : " by the old pages and the new; reset lets the old go first"
    }

    private func reason(_ mistake: SnapshotMistake) -> String {
        switch mistake {
        case .noSnapshot: "it is no snapshot"
        case .unknownVersion(let version):
            "it is of version \(version); known are \(SnapshotMistake.knownVersions.map { "\($0)" }.joined(separator: ", "))"
        case .truncated: "it ends before its end"
        case .altered: "it is damaged: a checksum is wrong, or there is what no snapshot has"
        case .goesOn: "there is something behind its end"
        case .otherPageSize(let bytes): "its pages have \(bytes) bytes, not \(PagePool.pageBytes)"
        case .otherCodec: "its pages were compressed in another way"
        case .unknownDictionary(let number): "it needs a dictionary that it does not bring, \(number)"
        case .beyondEnd(let page): "it has a page \(page), and the device has \(pool.disksizeBytes >> 12) pages"
        case .damaged(let page): "its page \(page) is damaged"
        }
    }
}
