@testable internal import SwapReplay

/// An allocator that says how many pages its objects lie on by looking at all of them.
protocol NaiveAllocator {
    init()
    mutating func store(_ object: Int, _ bytes: Int)
    mutating func release(_ object: Int)
    var pages: Int { get }
}

/// Class stacks without slack: each class laid out anew.
struct NaiveStacks: NaiveAllocator {
    private var objects: [Int: Int] = [:]

    mutating func store(_ object: Int, _ bytes: Int) { objects[object] = bytes }
    mutating func release(_ object: Int) { objects[object] = nil }

    var pages: Int {
        var classes: [Int: Int] = [:]
        for bytes in objects.values {
            let size = (bytes == 4096 ? 4100 : bytes) + 4
            classes[(size + 15) / 16 * 16, default: 0] += 1
        }
        var pages: Set<[Int]> = []
        for (size, count) in classes {
            var chunk = 0
            var offset = 0
            for _ in 0..<count {
                if offset + size > 2 << 20 {
                    chunk += 1
                    offset = 0
                }
                for page in (offset / 4096)...((offset + size - 1) / 4096) { pages.insert([size, chunk, page]) }
                offset += size
            }
        }
        return pages.count
    }
}

/// zsmalloc with sets of objects, and lists as arrays.
struct NaiveZsmalloc: NaiveAllocator {
    private struct Zspage {
        let size: ZsmallocClasses.SizeClass
        var objects: Set<Int> = []

        var group: Int {
            if objects.count == size.objects { return 11 }
            return objects.isEmpty ? 0 : 100 * objects.count / size.objects / 10 + 1
        }
    }

    private let classes = ZsmallocClasses().classes
    /// Those that changed their group last come first.
    private var zspages: [Zspage] = []

    mutating func store(_ object: Int, _ bytes: Int) {
        guard let size = classes.first(where: { $0.size >= min(bytes + 8, 4096) }) else { preconditionFailure() }
        var best: Int?
        for (index, zspage) in zspages.enumerated() where zspage.size == size && zspage.group < 11 {
            if zspage.group > best.map({ zspages[$0].group }) ?? -1 { best = index }
        }
        change(best ?? zspages.count, adding: size) { $0.insert(object) }
    }

    mutating func release(_ object: Int) {
        guard let index = zspages.firstIndex(where: { $0.objects.contains(object) }) else { preconditionFailure() }
        change(index, adding: zspages[index].size) { $0.remove(object) }
    }

    private mutating func change(
        _ index: Int, adding size: ZsmallocClasses.SizeClass, _ body: (inout Set<Int>) -> Void
    ) {
        if index == zspages.count { zspages.append(Zspage(size: size)) }
        let group = zspages[index].group
        body(&zspages[index].objects)
        if zspages[index].group == group { return }
        let changed = zspages.remove(at: index)
        if !changed.objects.isEmpty { zspages.insert(changed, at: 0) }
    }

    var pages: Int { zspages.reduce(0) { $0 + $1.size.pages } }
}

/// xvmalloc with each page as a list of blocks, searched from end to end.
struct NaiveXvmalloc: NaiveAllocator {
    private struct Block {
        var size: Int
        var object: Int?
        /// When it became free: of blocks of one list the latest is taken.
        var freed = 0
    }

    private var heaps: [[Block]] = []
    private var whole: Set<Int> = []
    private var clock = 0

    mutating func store(_ object: Int, _ bytes: Int) {
        let size = max((bytes + 4 + 3) / 4 * 4, 32)
        if size > 4092 {
            whole.insert(object)
            return
        }
        clock += 1
        // Lists are 8 bytes apart: what is wanted is rounded up, what there is down.
        var best: (list: Int, freed: Int, heap: Int, block: Int)?
        for (heap, blocks) in heaps.enumerated() {
            for (index, block) in blocks.enumerated() where block.object == nil && block.size >= 32 {
                let list = (block.size - 32) / 8
                if list < (size - 32 + 7) / 8 { continue }
                if let best, (best.list, -best.freed) < (list, -block.freed) { continue }
                best = (list, block.freed, heap, index)
            }
        }
        if best == nil { heaps.append([Block(size: 4092)]) }
        let heap = best?.heap ?? heaps.count - 1
        let index = best?.block ?? 0
        let rest = heaps[heap][index].size - size
        heaps[heap][index] = Block(size: size, object: object)
        if rest > 0 { heaps[heap].insert(Block(size: rest - 4, freed: clock), at: index + 1) }
    }

    mutating func release(_ object: Int) {
        if whole.remove(object) != nil { return }
        clock += 1
        for heap in heaps.indices {
            guard let index = heaps[heap].firstIndex(where: { $0.object == object }) else { continue }
            var place = index
            heaps[heap][place].object = nil
            if place + 1 < heaps[heap].count, heaps[heap][place + 1].object == nil {
                heaps[heap][place].size += heaps[heap].remove(at: place + 1).size + 4
            }
            if place > 0, heaps[heap][place - 1].object == nil {
                heaps[heap][place - 1].size += heaps[heap].remove(at: place).size + 4
                place -= 1
            }
            heaps[heap][place].freed = clock
            if heaps[heap].count == 1 { heaps.remove(at: heap) }
            return
        }
        preconditionFailure("no such object")
    }

    var pages: Int { heaps.count + whole.count }
}
