/// Which stored pages are to be packed again, and how hard.
public struct RecompressionOrder: Sendable, Equatable {
    /// Pages by what they are; those in the backing store are left there.
    public enum Pages: String, Sendable, CaseIterable {
        /// Every page that was packed.
        case all
        /// Pages that did not get smaller.
        case huge
        /// Pages that were not touched for long.
        case idle
        /// Those that are both.
        case hugeIdle = "huge_idle"
    }

    /// Which pages.
    public var pages: Pages
    /// Of these only those stored in so many bytes or more.
    public var thresholdBytes: Int
    /// How many pages are packed again at most; nil for all.
    public var pagesMax: Int?
    /// The codec's level; nil for the one that the codec has for pages nobody waits for.
    public var level: Int?
    /// How much of one CPU may be spent, 1 to 100.
    public var cpuPercent: Int

    /// Describes what is to be done.
    public init(
        pages: Pages = .all, thresholdBytes: Int = 0, pagesMax: Int? = nil, level: Int? = nil, cpuPercent: Int = 10
    ) {
        self.pages = pages
        self.thresholdBytes = thresholdBytes
        self.pagesMax = pagesMax
        self.level = level
        self.cpuPercent = cpuPercent
    }

    /// Whether the page of an entry is meant.
    func isMeant(_ entry: TableEntry) -> Bool {
        guard entry.isInMemory, let kind = entry.kind, kind != .same else { return false }
        if entry.storedBytes < thresholdBytes { return false }
        return switch pages {
        case .all: true
        case .huge: kind == .huge
        case .idle: entry.age == TableEntry.idleAge
        case .hugeIdle: kind == .huge && entry.age == TableEntry.idleAge
        }
    }
}

/// How far recompression has come: of the order under way, or of the last.
public struct RecompressionProgress: Sendable, Equatable {
    /// Whether there is more to do.
    public var isRunning = false
    /// Entries looked at.
    public var pagesLooked: UInt64 = 0
    /// Pages packed again.
    public var pagesTried: UInt64 = 0
    /// Of these, those stored so, for they take less memory.
    public var pagesRecompressed: UInt64 = 0
    /// Bytes that these got smaller by.
    public var savedBytes: UInt64 = 0
    /// Pages left as they were for want of memory, or because they are damaged.
    public var pagesFailed: UInt64 = 0

    /// Nothing was ever asked for.
    public init() {}
}
