/// What a pool's dictionaries are to give.
public enum DictionaryPolicy: String, Sendable, CaseIterable {
    /// There are none: nothing is sampled, and nothing is trained.
    case off
    /// What costs nothing: for each family of pages a full dictionary where it makes them no larger, and else a raw one where
    /// it makes them 2 % smaller.
    case auto
    /// Less time: full dictionaries, for families of pages that get at most 1 % larger by them.
    case speed
    /// Fewer bytes: for each family of pages whatever makes them smallest, if that is 2 % in all and comes to more than the
    /// dictionaries take.
    case space
}
