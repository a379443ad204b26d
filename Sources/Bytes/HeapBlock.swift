/// The memory of objects, as glibc's allocator hands it out, in steps of 16 bytes with 8 of its own: for who tells where
/// memory is.
public enum HeapBlock {
    /// Bytes of a block.
    public static func bytes(of size: Int) -> Int { max((size + 8 + 15) & ~15, 32) }

    /// Bytes of an object, by those of its members; its head has 16.
    public static func bytes(ofMembers size: Int) -> Int { bytes(of: 16 + size) }

    /// Bytes of an array's memory, by what it has room for; its head has 32. 0 for one without room.
    public static func bytes<Element>(of array: borrowing [Element]) -> Int {
        bytes(ofArrayOf: Element.self, array.capacity)
    }

    /// The same for an array with room for so many elements.
    public static func bytes<Element>(ofArrayOf _: Element.Type, _ count: Int) -> Int {
        count == 0 ? 0 : bytes(of: 32 + count * MemoryLayout<Element>.stride)
    }
}
