/// What a pool's dictionaries are and give, at one moment.
public struct DictionaryReport: Sendable, Equatable {
    /// One dictionary.
    public struct Use: Sendable, Equatable {
        /// What table entries call it, 1 to 255.
        public var number: UInt8
        /// How its content is taken.
        public var kind: PageDictionaryKind
        /// Bytes of its content.
        public var contentBytes: Int
        /// Bytes of memory that it takes, in whole pages.
        public var heldBytes: Int
        /// Pages stored that were compressed with it.
        public var pages: UInt64
        /// Whether pages that come are compressed with it; others only wait for their pages to go.
        public var isCurrent: Bool
    }

    /// What the last training found on pages that it had not trained on.
    public struct Trial: Sendable, Equatable {
        /// Mean bytes of these pages without a dictionary.
        public var meanWithout: Double
        /// And with what was found best.
        public var meanWith: Double
        /// Whether that was adopted.
        public var isAdopted: Bool
    }

    /// What is asked of dictionaries.
    public var policy: DictionaryPolicy
    /// Pages sampled for the next training.
    public var pagesSampled: Int
    /// In the order of their numbers.
    public var dictionaries: [Use]
    /// Trainings since the start, or since a reset.
    public var trainings: UInt64
    /// Trainings that came to nothing because something failed.
    public var failures: UInt64
    /// The last training, where there was one.
    public var trial: Trial?
}
