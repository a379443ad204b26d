internal import Locking

/// That an owner has a thing: kept by whoever made the thing, and ended where the thing goes by another way.
///
/// It keeps neither the owner nor the thing alive. One that nobody keeps lasts until its owner's end. Any thread.
public final class Adoption: Sendable {
    private let ledger: AdoptionLedger
    private let place: AdoptionList.Place

    init(_ place: AdoptionList.Place, in ledger: AdoptionLedger) {
        self.place = place
        self.ledger = ledger
    }

    /// The thing has gone: its owner forgets it, and will not remove it. O(1); again, or after the owner's end, it does
    /// nothing.
    public func end() {
        // What it held goes when the lock is free.
        _ = ledger.list.withLock { $0?.remove(place) }
    }

    /// Has it stand for more entries, or for fewer: for a thing that is many, such as all that an owner has in one file
    /// system. O(1).
    public func add(_ entries: Int) { ledger.list.withLock { $0?.add(entries, to: place) } }
}

/// What an owner and its adoptions share; it outlives neither.
final class AdoptionLedger: Sendable {
    /// nil after the owner's end.
    let list = Locked<AdoptionList?>(AdoptionList())
}
