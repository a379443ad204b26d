/// Which pages go to the backing store without being asked for.
public enum SpillPolicy: String, Sendable, CaseIterable {
    /// None; those that are asked for with ``PagePool/writeBack(_:waitsNanoseconds:)`` go.
    case never
    /// Those whose objects have more than half a page, as compcache had it in 2009: soon after they were put.
    case half
    /// The coldest, where memory gets scarce.
    case pressure
}
