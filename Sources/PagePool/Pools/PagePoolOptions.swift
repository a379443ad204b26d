/// With what a pool is made.
public struct PagePoolOptions: Sendable, Equatable {
    /// Bytes of the device that it stands for: page numbers go up to there. Rounded up to whole pages.
    public var disksizeBytes: UInt64
    /// Bytes of memory that it may hold, rounded up to whole pages; 0 for as many as it takes.
    public var memLimitBytes: UInt64
    /// The codec's level; nil for the codec's own choice.
    public var level: Int?
    /// What is asked of dictionaries.
    public var dictionary: DictionaryPolicy

    /// Describes a pool.
    public init(
        disksizeBytes: UInt64, memLimitBytes: UInt64 = 0, level: Int? = nil, dictionary: DictionaryPolicy = .off
    ) {
        self.disksizeBytes = disksizeBytes
        self.memLimitBytes = memLimitBytes
        self.level = level
        self.dictionary = dictionary
    }
}
