internal import PagePool
internal import TraceEngine

/// What the pools tell, as the events `ramzswap/page_put`, `page_get`, `page_discard` and `page_spill`.
final class PageTracepoints: PageProbe {
    private let put: Tracepoint
    private let get: Tracepoint
    private let discard: Tracepoint
    private let spill: Tracepoint
    private let memLimit: Tracepoint
    private static let offsets = OwnEvents.pagePut.offsets
    private static let fixedSize = OwnEvents.pagePut.fixedSize
    private static let sectorsPerPage = UInt64(PagePool.pageBytes / 512)

    init(_ tracepoints: OwnTracepoints) {
        put = tracepoints.pagePut
        get = tracepoints.pageGet
        discard = tracepoints.pageDiscard
        spill = tracepoints.pageSpill
        memLimit = tracepoints.memLimit
    }

    private func tracepoint(of operation: PageOperation) -> Tracepoint {
        switch operation {
        case .put: put
        case .get: get
        case .discard: discard
        case .spill: spill
        }
    }

    func listens(to operation: PageOperation) -> Bool {
        switch operation {
        case .put: put.isEnabled
        case .get: get.isEnabled
        case .discard: discard.isEnabled
        case .spill: spill.isEnabled
        }
    }

    var now: UInt64 { TraceClock.monotonic.now() }

    func happened(_ operation: PageOperation, pool: String, page: UInt64, storedBytes: Int, nanoseconds: UInt64) {
        tracepoint(of: operation).fire(fixedSize: Self.fixedSize) { record in
            record.store(page * Self.sectorsPerPage, at: Self.offsets[0])
            record.store(nanoseconds, at: Self.offsets[1])
            record.store(UInt32(storedBytes), at: Self.offsets[2])
            record.store(text: pool.utf8Span.span, at: Self.offsets[3])
        }
    }

    func limitChanged(pool: String, from old: UInt64, to new: UInt64, reason: String) {
        guard memLimit.isEnabled else { return }
        memLimit.fire(fixedSize: OwnEvents.memLimit.fixedSize) { record in
            let offsets = OwnEvents.memLimit.offsets
            record.store(old, at: offsets[0])
            record.store(new, at: offsets[1])
            record.store(text: pool.utf8Span.span, at: offsets[2])
            record.store(text: reason.utf8Span.span, at: offsets[3])
        }
    }
}
