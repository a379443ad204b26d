internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// `batch`: many puts, gets and discards in one request.
enum BatchFile {
    static func batch(of pools: PagePools) -> File<PagePool> {
        .exchange(
            mode: 0o200, form: .pages,
            summary: "Takes puts, gets and discards of many pages, and says of each record what became of it."
        ) { context, bytes, _, out throws(Failure) in
            let batch: PageBatch
            do throws(PageBatch.Mistake) {
                batch = try pools.batch(bytes, for: context)
            } catch {
                let reason = "record \(error.record): \(reason(error.kind, context, pools.limits))"
                throw Failure(.invalidArgument, reason, subject: .content)
            }
            do throws(Errno) {
                try context.apply(batch, into: &out)
            } catch {
                throw Failure(error, context.reason(error))
            }
        }
    }

    private static func reason(_ kind: PageBatch.Mistake.Kind, _ pool: PagePool, _ limits: PagePoolLimits) -> String {
        switch kind {
        case .empty: "there is none"
        case .truncated: "the body ends within it"
        case .unknownOperation: "the operation is P, G or D"
        case .reservedBits: "flags and reserved are 0"
        case .noPages: "it has no pages"
        case .tooManyPages: "the limit of \(limits.batchPagesMax) pages in all records, batch_pages, is reached"
        case .beyondEnd: "the device has \(pool.disksizeBytes / UInt64(PagePool.pageBytes)) pages, the first being 0"
        }
    }
}
