public import SystemPackage

/// What is wrong with a snapshot of which therefore nothing was taken.
public enum SnapshotMistake: Error, Sendable, Equatable {
    /// It does not begin as one.
    case noSnapshot
    /// It is of another version than 1.
    case unknownVersion(UInt32)
    /// It ends before its end.
    case truncated
    /// A checksum is not that of the bytes, or the bytes say what no snapshot says.
    case altered
    /// Something comes behind its end.
    case goesOn
    /// Its pages have another size.
    case otherPageSize(UInt32)
    /// Its pages were compressed in another way.
    case otherCodec
    /// It needs a dictionary that cannot be had.
    case unknownDictionary(UInt8)
    /// It has a page beyond the end of the device.
    case beyondEnd(UInt64)
    /// A page of it cannot be given back.
    case damaged(UInt64)

    /// The versions that can be read.
    public static let knownVersions: ClosedRange<UInt32> = 1...1
}

/// Why a restore did not happen; the pool is as it was.
public enum RestoreFailure: Error, Sendable, Equatable {
    /// What was sent cannot be taken.
    case mistake(SnapshotMistake)
    /// It could be, but the pool cannot take it: ENOSPC over the limit, ENOMEM, ENODEV where it was removed, EBUSY where it
    /// became smaller meanwhile.
    case refused(Errno)
}
