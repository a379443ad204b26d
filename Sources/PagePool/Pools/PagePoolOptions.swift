/// With what a pool is made.
public struct PagePoolOptions: Sendable, Equatable {
    /// Bytes of the device that it stands for: page numbers go up to there. Rounded up to whole pages.
    public var disksizeBytes: UInt64
    /// Bytes of memory that it may hold, rounded up to whole pages; 0 for as many as it takes.
    public var memLimitBytes: UInt64
    /// Whether the limit follows how scarce memory is.
    public var isMemLimitAuto = false
    /// The codec's level; nil for the codec's own choice.
    public var level: Int?
    /// Where pages go that are not to be in memory; nil for nowhere.
    public var backing: BackingChoice?
    /// Which pages go by themselves; nil for what is usual.
    public var spill: SpillPolicy?
    /// What is asked of dictionaries.
    public var dictionary: DictionaryPolicy

    /// Describes a pool.
    public init(
        disksizeBytes: UInt64, memLimitBytes: UInt64 = 0, level: Int? = nil, backing: BackingChoice? = nil,
        spill: SpillPolicy? = nil, dictionary: DictionaryPolicy = .off
    ) {
        self.backing = backing
        self.spill = spill
        self.disksizeBytes = disksizeBytes
        self.memLimitBytes = memLimitBytes
        self.level = level
        self.dictionary = dictionary
    }
}
