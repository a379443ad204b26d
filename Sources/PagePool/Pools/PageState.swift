/// How a stored page is kept.
public enum PageState: Sendable, Equatable {
    /// As a frame of the codec, of so many bytes with its checksum.
    case compressed(storedBytes: Int)
    /// As it is, for a frame would save next to nothing: less than 1.6 %.
    case huge
    /// As the word of eight bytes, in the machine's byte order, that it repeats: 0 for a page of zeros.
    case same(pattern: UInt64)
    /// In the backing store, with so many bytes; whether it is kept there as it is.
    case backing(storedBytes: Int, isHuge: Bool)
}
