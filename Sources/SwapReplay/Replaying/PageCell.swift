/// Where a page is, in one model: eight bytes.
struct PageCell {
    /// Where its bytes are.
    enum Place: UInt8 {
        /// Nowhere: it is not stored.
        case nowhere
        /// In its entry: it repeats one word.
        case entry
        case memory
        case disk
    }

    /// The allocator's, or the cluster on the disk.
    var handle: UInt32 = 0
    var length: UInt16 = 0
    var place = Place.nowhere
    /// 0 to 3; 0 for a page that was just used.
    var age: UInt8 = 0
}
