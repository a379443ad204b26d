internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// A page: put, get and discarded whole.
enum PageFiles {
    static let page = File<PageContext>.bytes(
        mode: 0o644, summary: "One page of 4096 bytes; as JSON, how it is stored.",
        read: { context, out throws(Failure) in
            try perform(context) { () throws(Errno) in try context.pool.get(context.page, into: &out) }
        },
        known: { context throws(Failure) in
            let state = try perform(context) { () throws(Errno) in try context.pool.state(of: context.page) }
            guard let state else { throw Failure(.noData, context.pool.reason(.noData)) }
            let age = try perform(context) { () throws(Errno) in try context.pool.age(of: context.page) }
            return [.init("size", .integer(Int64(PagePool.pageBytes)))] + known(of: state)
                + (age.map { [.init("age", .integer(Int64($0)))] } ?? [])
        },
        write: { context, bytes, _ throws(Failure) in
            do throws(Errno) {
                try context.pool.put(context.page, bytes)
            } catch {
                if error == .invalidArgument, bytes.count != PagePool.pageBytes {
                    let reason = "a page has \(PagePool.pageBytes) bytes, not \(bytes.count)"
                    throw Failure(.invalidArgument, reason, subject: .content)
                }
                throw Failure(error, context.pool.reason(error, page: context.page))
            }
        },
        remove: { context, _ throws(Failure) in
            try perform(context) { () throws(Errno) in try context.pool.discard(context.page) }
        })

    private static func perform<Result>(
        _ context: PageContext, _ body: () throws(Errno) -> Result
    ) throws(Failure) -> Result {
        try pool(.node, { context.pool.reason($0, page: context.page) }, body)
    }

    private static func known(of state: PageState) -> [Value.Member] {
        switch state {
        case .compressed(let bytes):
            [.init("state", .text("compressed")), .init("stored_bytes", .integer(Int64(bytes)))]
        case .huge:
            [.init("state", .text("huge")), .init("stored_bytes", .integer(Int64(PagePool.pageBytes)))]
        case .backing(let bytes, let isHuge):
            [
                .init("state", .text("backing")), .init("stored_bytes", .integer(Int64(bytes))),
                .init("huge", .boolean(isHuge)),
            ]
        case .same(let pattern):
            [
                .init("state", .text("same")), .init("stored_bytes", .integer(0)),
                .init("pattern", .text(hexadecimal(pattern))),
            ]
        }
    }

    /// The eight bytes that fill the page, as a little-endian number.
    private static func hexadecimal(_ pattern: UInt64) -> String {
        var text = ByteBuffer(capacity: 64)
        text.append("0x")
        text.append(hexadecimal: pattern, width: 16)
        return text.text
    }
}
