/// zsmalloc's size classes on pages of 4 KiB, after the kernel's `Documentation/mm/zsmalloc.rst`.
///
/// Classes are 16 bytes apart, from 32 to 4096. A zspage of a class is a chain of pages, of the length at which least is
/// left over behind its last object; classes whose chains and numbers of objects are the same are merged into the
/// largest.
struct ZsmallocClasses {
    /// One class, after merging.
    struct SizeClass: Equatable {
        /// Bytes of an object.
        let size: Int
        /// Pages of a zspage.
        let pages: Int
        /// Objects of a zspage.
        let objects: Int
    }

    static let sizeMin = 32
    static let sizeMax = 4096
    static let delta = 16
    /// Bytes in front of each object by which compaction finds its handle.
    static let handleBytes = 8
    /// `CONFIG_ZSMALLOC_CHAIN_SIZE` where nobody sets it.
    static let chainMax = 8

    /// The classes there are, by size.
    let classes: [SizeClass]
    /// The class for each step of 16 bytes.
    private let numbers: [UInt8]

    /// Computes them.
    ///
    /// - Parameter chainMax: pages of a zspage, at most: 4 to 16.
    init(chainMax: Int = Self.chainMax) {
        var merged: [SizeClass] = []
        var places: [Int] = []
        for size in stride(from: Self.sizeMax, through: Self.sizeMin, by: -Self.delta) {
            let pages = Self.chain(size, chainMax)
            let objects = pages * 4096 / size
            if let last = merged.last, last.pages == pages, last.objects == objects {
                places.append(merged.count - 1)
                continue
            }
            merged.append(SizeClass(size: size, pages: pages, objects: objects))
            places.append(merged.count - 1)
        }
        classes = merged.reversed()
        numbers = places.reversed().map { UInt8(merged.count - 1 - $0) }
    }

    private static func chain(_ size: Int, _ chainMax: Int) -> Int {
        // A power of two leaves nothing over anyway.
        if size & (size - 1) == 0 { return 1 }
        return (1...chainMax).min { $0 * 4096 % size < $1 * 4096 % size } ?? 1
    }

    /// The class of an object of so many bytes, 1 to 4096.
    @inline(__always)
    func number(for bytes: Int) -> Int {
        // A whole page has its handle elsewhere.
        let size = min(max(bytes + Self.handleBytes, Self.sizeMin), Self.sizeMax)
        return Int(numbers[(size - Self.sizeMin + Self.delta - 1) / Self.delta])
    }
}
