/// Dense class stacks with swap-last free, as `PagePool` has them.
///
/// How many objects each class has is the whole state, so the model has nothing for each page. Classes are 16 bytes
/// apart, an object has 4 bytes of back pointer, a page that is kept as it is 4 of checksum; chunks of 2 MiB, none across
/// two; slack of one page for each 256 in use stays, and behind an overwrite one more, beyond it half goes back. The table is of nodes of 4 KiB, a
/// leaf for 512 neighbours. `Documentation/Design/Pool.md` has the reasons.
///
/// It is what one shard holds, to the page. Another shard has tails and slack of its own: half a page and a page for each
/// class in use.
struct StacksModel: AllocatorModel {
    /// What the objects of a class look like.
    struct Shape {
        static let granule = 16
        static let headerBytes = 4
        static let checksumBytes = 4
        static let chunkBytes = 2 << 20
        static let count = number(for: TrafficOperation.pageBytes) + 1

        let stride: Int
        let objectsPerChunk: Int
        let pagesPerChunk: Int

        init(class number: Int) {
            stride = (number + 1) * Self.granule
            objectsPerChunk = Self.chunkBytes / stride
            pagesPerChunk = (objectsPerChunk * stride + 4095) / 4096
        }

        /// The class of an object.
        @inline(__always)
        static func number(for bytes: Int) -> Int {
            let payload = bytes == TrafficOperation.pageBytes ? bytes + checksumBytes : bytes
            return (payload + headerBytes + granule - 1) / granule - 1
        }

        /// Pages that so many objects lie on.
        @inline(__always)
        func pages(for count: Int) -> Int {
            let (chunks, rest) = count.quotientAndRemainder(dividingBy: objectsPerChunk)
            return chunks * pagesPerChunk + (rest * stride + 4095) >> 12
        }
    }

    private struct Stack {
        var count = 0
        var neededPages = 0
        var residentPages = 0
    }

    private static let shapes = (0..<Shape.count).map { Shape(class: $0) }
    private let shapes = Self.shapes
    private var stacks = [Stack](repeating: Stack(), count: Shape.count)
    private var neededPages = 0
    private(set) var heldPages = 0

    init() {}

    mutating func store(_ bytes: Int) -> UInt32 {
        change(Shape.number(for: bytes), by: 1)
        return 0
    }

    mutating func replace(_ handle: UInt32, _ oldBytes: Int, with bytes: Int) -> UInt32 {
        // One of the same class is written in place.
        if Shape.number(for: oldBytes) == Shape.number(for: bytes) { return 0 }
        release(handle, oldBytes, .overwritten)
        return store(bytes)
    }

    mutating func release(_ handle: UInt32, _ bytes: Int, _ reason: ReleaseReason) {
        let number = Shape.number(for: bytes)
        change(number, by: -1)
        if reason == .evicted { return trim(number, slack: 0) }
        trimSlack(number, keeping: 1)
        if reason == .discarded { trimSlack(number, keeping: 0) }
    }

    /// Gives half of the slack back, where it is more than so many pages and one in 256.
    @inline(__always)
    private mutating func trimSlack(_ number: Int, keeping pages: Int) {
        let slackMax = pages + stacks[number].neededPages >> 8
        if stacks[number].residentPages - stacks[number].neededPages > slackMax { trim(number, slack: slackMax / 2) }
    }

    mutating func giveBack() {
        if heldPages == neededPages { return }
        for number in stacks.indices { trim(number, slack: 0) }
    }

    func tableBytes(pagesStored: Int, objects: Int, nodes: Int) -> Int { nodes * 4096 }

    @inline(__always)
    private mutating func change(_ number: Int, by objects: Int) {
        var stack = stacks[number]
        stack.count += objects
        let needed = shapes[number].pages(for: stack.count)
        neededPages += needed - stack.neededPages
        stack.neededPages = needed
        if needed > stack.residentPages {
            heldPages += needed - stack.residentPages
            stack.residentPages = needed
        }
        stacks[number] = stack
    }

    private mutating func trim(_ number: Int, slack: Int) {
        let kept = min(stacks[number].neededPages + slack, stacks[number].residentPages)
        heldPages -= stacks[number].residentPages - kept
        stacks[number].residentPages = kept
    }

    var stateBytes: Int { stacks.capacity * MemoryLayout<Stack>.stride }

    func checkInvariants() {
        #if DEBUG
            for (stack, shape) in zip(stacks, shapes) {
                precondition(stack.count >= 0, "fewer objects than none")
                precondition(stack.neededPages == shape.pages(for: stack.count), "the pages of a class")
                precondition(stack.residentPages >= stack.neededPages, "an object on no page")
            }
            precondition(stacks.reduce(0) { $0 + $1.neededPages } == neededPages, "the sum of needed pages")
            precondition(stacks.reduce(0) { $0 + $1.residentPages } == heldPages, "the sum of held pages")
        #endif
    }
}
