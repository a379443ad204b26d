internal import Glibc

/// Among how many shards a pool lays its pages.
///
/// One for each 64 MiB that the pool holds at the moment, at most one for each CPU: a lock is held 0.3 us of
/// 20, so more of them would save nothing, and each costs memory. By what is held and not by what may be: a shard of its own costs half a page and a page of slack for each class it uses, 1.2 MiB for mixed pages,
/// which is nothing beside 64 MiB and half of a pool of 2 MiB; and the pool that every service starts with may hold as
/// much as the machine has, of which most never hold anything.
struct ShardPlan: Sendable {
    /// The most shards that there may be, 1 to 255.
    let countMax: Int
    /// Bytes held for each of them.
    let bytesEach: Int

    /// What becomes of a pool on this machine.
    static let ofMachine = ShardPlan(
        countMax: min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 255), bytesEach: 64 << 20)

    /// How many shards new pages are laid among.
    func count(holding pages: Int) -> Int { min(max(pages * PagePool.pageBytes / bytesEach, 1), countMax) }
}
