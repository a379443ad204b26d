/// zsmalloc, on which zram stands.
///
/// A new object goes into a zspage of its class: of those that are nearly full first, by groups of a tenth, and within a
/// group into the one that came into it last. A zspage goes when its last object goes; until then all its pages stay,
/// which is what many discards at random cost. Compaction, which zram does when it is told to, is not modelled. Beside
/// the objects, zram has an entry of 16 bytes for each page stored and a handle of 8 for each object.
///
/// After `Documentation/mm/zsmalloc.rst` and what `zs_malloc` and `zs_free` are documented to do, as of Linux 6.18.
/// Descriptors of pages and zspages are not counted.
struct ZsmallocModel: AllocatorModel {
    private struct Zspage {
        var number: UInt16
        var used: UInt16 = 0
        var group: UInt8 = 0
        /// Neighbours in the list of its group; ``none`` at its ends.
        var before = ZsmallocModel.none
        var after = ZsmallocModel.none
    }

    private static let none = UInt32.max
    /// Empty, below 10 %, … below 100 %, full.
    private static let groups = 12
    private static let full: UInt8 = 11
    private static let standard = ZsmallocClasses()

    private let table: ZsmallocClasses
    private var zspages: [Zspage] = []
    private var unused: [UInt32] = []
    /// The first zspage of each group of each class.
    private var heads: [UInt32]
    /// A bit for each group of a class that has zspages.
    private var filled: [UInt16]
    private(set) var heldPages = 0

    init() { self.init(Self.standard) }

    init(_ table: ZsmallocClasses) {
        self.table = table
        heads = [UInt32](repeating: Self.none, count: table.classes.count * Self.groups)
        filled = [UInt16](repeating: 0, count: table.classes.count)
    }

    mutating func store(_ bytes: Int) -> UInt32 {
        let number = table.number(for: bytes)
        // Neither empty nor full ones.
        let candidates = filled[number] & 0x7FE
        let place: UInt32
        if candidates == 0 {
            place = make(number)
        } else {
            let group = 15 - candidates.leadingZeroBitCount
            place = heads[number * Self.groups + group]
        }
        zspages[Int(place)].used += 1
        regroup(place)
        return place
    }

    mutating func replace(_ handle: UInt32, _ oldBytes: Int, with bytes: Int) -> UInt32 {
        // zram stores the new object before it frees the old one.
        let new = store(bytes)
        release(handle, oldBytes, .overwritten)
        return new
    }

    mutating func release(_ handle: UInt32, _ bytes: Int, _ reason: ReleaseReason) {
        zspages[Int(handle)].used -= 1
        regroup(handle)
        if zspages[Int(handle)].used > 0 { return }
        unlink(handle)
        heldPages -= table.classes[Int(zspages[Int(handle)].number)].pages
        unused.append(handle)
    }

    mutating func giveBack() {}

    func tableBytes(pagesStored: Int, objects: Int, nodes: Int) -> Int { pagesStored * 16 + objects * 8 }

    // MARK: zspages

    private mutating func make(_ number: Int) -> UInt32 {
        heldPages += table.classes[number].pages
        let zspage = Zspage(number: UInt16(number))
        let place: UInt32
        if let old = unused.popLast() {
            place = old
            zspages[Int(place)] = zspage
        } else {
            place = UInt32(zspages.count)
            zspages.append(zspage)
        }
        link(place)
        return place
    }

    private static func group(_ used: Int, of objects: Int) -> UInt8 {
        if used == 0 { return 0 }
        return used == objects ? full : UInt8(100 * used / objects / 10 + 1)
    }

    private mutating func regroup(_ place: UInt32) {
        let zspage = zspages[Int(place)]
        let group = Self.group(Int(zspage.used), of: table.classes[Int(zspage.number)].objects)
        if group == zspage.group { return }
        unlink(place)
        zspages[Int(place)].group = group
        link(place)
    }

    private mutating func link(_ place: UInt32) {
        let zspage = zspages[Int(place)]
        let list = Int(zspage.number) * Self.groups + Int(zspage.group)
        let first = heads[list]
        zspages[Int(place)].before = Self.none
        zspages[Int(place)].after = first
        if first != Self.none { zspages[Int(first)].before = place }
        heads[list] = place
        filled[Int(zspage.number)] |= 1 << UInt16(zspage.group)
    }

    private mutating func unlink(_ place: UInt32) {
        let zspage = zspages[Int(place)]
        if zspage.after != Self.none { zspages[Int(zspage.after)].before = zspage.before }
        if zspage.before != Self.none {
            zspages[Int(zspage.before)].after = zspage.after
            return
        }
        heads[Int(zspage.number) * Self.groups + Int(zspage.group)] = zspage.after
        if zspage.after == Self.none { filled[Int(zspage.number)] &= ~(1 << UInt16(zspage.group)) }
    }

    var stateBytes: Int { zspages.capacity * MemoryLayout<Zspage>.stride + unused.capacity * 4 }

    func checkInvariants() {
        #if DEBUG
            var listed = 0
            var pages = 0
            for list in heads.indices {
                let (number, group) = list.quotientAndRemainder(dividingBy: Self.groups)
                let shape = table.classes[number]
                precondition((filled[number] >> UInt16(group) & 1 == 1) == (heads[list] != Self.none), "a group's bit")
                var before = Self.none
                var place = heads[list]
                while place != Self.none {
                    let zspage = zspages[Int(place)]
                    precondition(zspage.before == before && Int(zspage.number) == number, "a list is torn")
                    precondition(zspage.used > 0 && Int(zspage.used) <= shape.objects, "a zspage is miscounted")
                    precondition(Int(zspage.group) == group, "a zspage is in the wrong list")
                    precondition(Self.group(Int(zspage.used), of: shape.objects) == zspage.group, "a wrong group")
                    listed += 1
                    pages += shape.pages
                    before = place
                    place = zspage.after
                }
            }
            precondition(listed + unused.count == zspages.count, "a zspage is in no list")
            precondition(pages == heldPages, "the sum of pages")
        #endif
    }
}
