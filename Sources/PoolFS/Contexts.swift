public import PagePool
public import PseudoFS

extension PagePool: Subject, NodeContext {}

/// A page of a pool, whether anything is stored there or not: `pages/42`.
struct PageContext: NodeContext {
    let pool: PagePool
    let number: Int

    init(pool: PagePool, number: Int) {
        self.pool = pool
        self.number = number
    }

    static func of(_ binding: Binding) -> PageContext {
        PageContext(pool: binding.subject(as: PagePool.self), number: binding.number ^ .min)
    }

    // The first bit tells page 0 from the pool itself, whose number is 0.
    var binding: Binding { Binding(pool, number: number ^ .min) }
    var page: UInt64 { UInt64(number) }
}
