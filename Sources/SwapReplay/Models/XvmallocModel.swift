/// xvmalloc, the allocator that compcache had in 2009.
///
/// Each page of 4 KiB is a heap of its own: blocks with 4 bytes of header, sizes in multiples of 4, none across two
/// pages. Free blocks are in lists by size, 8 bytes apart, and a bitmap of two levels finds the first list whose blocks
/// are all large enough, in constant time: the good fit of TLSF (M. Masmano, I. Ripoll, A. Crespo, J. Real: TLSF: a new
/// dynamic memory allocator for real-time systems, ECRTS 2004). What is left of a block becomes a free one, listed from
/// 32 bytes on; free neighbours are joined; a page that is one free block goes back. compcache kept 4 bytes in front of
/// each object that say whose it is, and 16 bytes of table for each page.
///
/// After the announcements on the kernel's list and compcache's wiki (`xvMalloc`, `AllocatorsComparison`). Its driver kept a
/// page that compressed to more than three quarters as it was; that rule is not modelled. A page that does not fit behind
/// the headers takes a whole one.
struct XvmallocModel: AllocatorModel {
    /// A block of a page: its size without its header, its neighbours in the page, and those in the list of free ones.
    private struct Block {
        var size: UInt16
        var isFree = true
        var isListed = false
        var below: UInt32
        var above: UInt32
        var before = XvmallocModel.none
        var after = XvmallocModel.none
    }

    private static let none = UInt32.max
    /// Instead of a block, where an object has a page of its own.
    private static let wholePage = UInt32.max - 1
    static let headerBytes = 4
    static let ownerBytes = 4
    static let align = 4
    static let sizeMin = 32
    static let sizeMax = 4096 - headerBytes
    static let step = 8
    private static let lists = (sizeMax - sizeMin) / step + 1

    private var blocks: [Block] = []
    private var unused: [UInt32] = []
    private var heads = [UInt32](repeating: Self.none, count: Self.lists)
    /// A bit for each list that has blocks, and one for each word of these.
    private var filled = [UInt64](repeating: 0, count: (Self.lists + 63) / 64)
    private var filledWords: UInt64 = 0
    private(set) var heldPages = 0

    init() {}

    /// Bytes of a block for an object; more than ``sizeMax`` where it needs a page of its own.
    static func size(for bytes: Int) -> Int {
        max((bytes + ownerBytes + align - 1) / align * align, sizeMin)
    }

    mutating func store(_ bytes: Int) -> UInt32 {
        let size = Self.size(for: bytes)
        if size > Self.sizeMax {
            heldPages += 1
            return Self.wholePage
        }
        let place: UInt32
        if let found = list(from: (size - Self.sizeMin + Self.step - 1) / Self.step) {
            place = heads[found]
            unlist(place)
        } else {
            heldPages += 1
            place = make(Block(size: UInt16(Self.sizeMax), below: Self.none, above: Self.none))
        }
        blocks[Int(place)].isFree = false
        split(place, at: size)
        return place
    }

    mutating func replace(_ handle: UInt32, _ oldBytes: Int, with bytes: Int) -> UInt32 {
        release(handle, oldBytes, .overwritten)
        return store(bytes)
    }

    mutating func release(_ handle: UInt32, _ bytes: Int, _ reason: ReleaseReason) {
        if handle == Self.wholePage {
            heldPages -= 1
            return
        }
        var place = handle
        blocks[Int(place)].isFree = true
        let above = blocks[Int(place)].above
        if above != Self.none, blocks[Int(above)].isFree {
            unlist(above)
            join(place, above)
        }
        let below = blocks[Int(place)].below
        if below != Self.none, blocks[Int(below)].isFree {
            unlist(below)
            join(below, place)
            place = below
        }
        if Int(blocks[Int(place)].size) == Self.sizeMax {
            heldPages -= 1
            unused.append(place)
        } else {
            list(place)
        }
    }

    mutating func giveBack() {}

    func tableBytes(pagesStored: Int, objects: Int, nodes: Int) -> Int { pagesStored * 16 }

    // MARK: blocks

    private mutating func make(_ block: Block) -> UInt32 {
        if let place = unused.popLast() {
            blocks[Int(place)] = block
            return place
        }
        blocks.append(block)
        return UInt32(blocks.count - 1)
    }

    /// Cuts what an object does not need off a block.
    private mutating func split(_ place: UInt32, at size: Int) {
        let rest = Int(blocks[Int(place)].size) - size
        if rest == 0 { return }
        let above = blocks[Int(place)].above
        let made = make(Block(size: UInt16(rest - Self.headerBytes), below: place, above: above))
        if above != Self.none { blocks[Int(above)].below = made }
        blocks[Int(place)].above = made
        blocks[Int(place)].size = UInt16(size)
        list(made)
    }

    /// Makes one block of two neighbours.
    private mutating func join(_ below: UInt32, _ above: UInt32) {
        let gone = blocks[Int(above)]
        blocks[Int(below)].size += gone.size + UInt16(Self.headerBytes)
        blocks[Int(below)].above = gone.above
        if gone.above != Self.none { blocks[Int(gone.above)].below = below }
        unused.append(above)
    }

    // MARK: lists of free blocks

    /// The first list from one on that has blocks.
    private func list(from first: Int) -> Int? {
        if first >= Self.lists { return nil }
        let word = first >> 6
        let bits = filled[word] & (~0 << UInt64(first & 63))
        if bits != 0 { return word << 6 | bits.trailingZeroBitCount }
        let words = filledWords & (~0 << UInt64(word + 1))
        if words == 0 { return nil }
        let next = words.trailingZeroBitCount
        return next << 6 | filled[next].trailingZeroBitCount
    }

    private mutating func list(_ place: UInt32) {
        let size = Int(blocks[Int(place)].size)
        if size < Self.sizeMin { return }
        let number = (size - Self.sizeMin) / Self.step
        let first = heads[number]
        blocks[Int(place)].before = Self.none
        blocks[Int(place)].after = first
        blocks[Int(place)].isListed = true
        if first != Self.none { blocks[Int(first)].before = place }
        heads[number] = place
        filled[number >> 6] |= 1 << UInt64(number & 63)
        filledWords |= 1 << UInt64(number >> 6)
    }

    private mutating func unlist(_ place: UInt32) {
        let block = blocks[Int(place)]
        if !block.isListed { return }
        blocks[Int(place)].isListed = false
        if block.after != Self.none { blocks[Int(block.after)].before = block.before }
        if block.before != Self.none {
            blocks[Int(block.before)].after = block.after
            return
        }
        let number = (Int(block.size) - Self.sizeMin) / Self.step
        heads[number] = block.after
        if block.after != Self.none { return }
        filled[number >> 6] &= ~(1 << UInt64(number & 63))
        if filled[number >> 6] == 0 { filledWords &= ~(1 << UInt64(number >> 6)) }
    }

    var stateBytes: Int { blocks.capacity * MemoryLayout<Block>.stride + unused.capacity * 4 }

    func checkInvariants() {
        #if DEBUG
            let gone = Set(unused)
            precondition(gone.count == unused.count, "a block is unused twice")
            var pages = 0
            var listed = 0
            for place in blocks.indices where !gone.contains(UInt32(place)) {
                if blocks[place].isListed { listed += 1 }
                guard blocks[place].below == Self.none else { continue }
                // The lowest block of a page: all of them are 4 KiB.
                pages += 1
                checkPage(UInt32(place))
            }
            precondition(pages <= heldPages, "a page is held twice")
            for number in heads.indices {
                let isFilled = filled[number >> 6] >> UInt64(number & 63) & 1 == 1
                precondition(isFilled == (heads[number] != Self.none), "a list's bit")
                var before = Self.none
                var place = heads[number]
                while place != Self.none {
                    let block = blocks[Int(place)]
                    precondition(block.isFree && block.isListed && block.before == before, "a list is torn")
                    precondition((Int(block.size) - Self.sizeMin) / Self.step == number, "a block in the wrong list")
                    listed -= 1
                    before = place
                    place = block.after
                }
            }
            precondition(listed == 0, "a block is in no list")
            for word in filled.indices {
                precondition((filledWords >> UInt64(word) & 1 == 1) == (filled[word] != 0), "a word's bit")
            }
        #endif
    }

    #if DEBUG
        private func checkPage(_ lowest: UInt32) {
            var bytes = 0
            var below = Self.none
            var wasFree = false
            var isUsed = false
            var place = lowest
            while place != Self.none {
                let block = blocks[Int(place)]
                precondition(block.below == below, "neighbours disagree")
                precondition(!(block.isFree && wasFree), "free neighbours are not joined")
                precondition(block.isListed == (block.isFree && Int(block.size) >= Self.sizeMin), "listed or not")
                bytes += Int(block.size) + Self.headerBytes
                wasFree = block.isFree
                isUsed = isUsed || !block.isFree
                below = place
                place = block.above
            }
            precondition(bytes == 4096, "a page has other than 4096 bytes")
            precondition(isUsed, "a page holds nothing")
        }
    #endif
}
