internal import Bytes
internal import SystemPackage

/// The objects of one class, dense from the bottom: how many there are is all there is to know, and there is never a
/// hole (dense class stacks with swap-last free).
///
/// A plain value in a table of them; ``StackArena`` owns the chunks and keeps the sums.
@safe struct ClassStack {
    let shape: ClassShape
    /// Objects held.
    private(set) var count = 0
    /// Pages that the objects lie on.
    private(set) var neededPages = 0
    /// Pages that were touched and not given back: the needed ones and the slack above.
    private(set) var residentPages = 0
    /// Chunks mapped.
    private(set) var chunkCount = 0
    private var chunkRoom = 0
    private var chunks: UnsafeMutablePointer<MemoryChunk>?

    init(class number: Int) {
        shape = ClassShape(class: number)
        unsafe chunks = nil
    }

    // MARK: memory

    /// Whether the next objects have chunks to lie in.
    @inline(__always)
    func hasRoom(for objects: Int = 1) -> Bool { shape.place(of: count + objects - 1).chunk < chunkCount }

    /// By how many pages more would be needed, were there an object more.
    var pagesToPush: Int { shape.pages(for: count + 1) - neededPages }
    /// By how many pages less would be needed, were there an object less.
    var pagesToPop: Int { count == 0 ? 0 : neededPages - shape.pages(for: count - 1) }

    /// Adds a chunk at the top.
    mutating func add(_ chunk: MemoryChunk) {
        if chunkCount == chunkRoom {
            let room = max(chunkRoom * 2, 4)
            let larger = UnsafeMutablePointer<MemoryChunk>.allocate(capacity: room)
            if let chunks = unsafe chunks {
                unsafe larger.moveInitialize(from: chunks, count: chunkCount)
                unsafe chunks.deallocate()
            }
            unsafe chunks = unsafe larger
            chunkRoom = room
        }
        unsafe chunks.unsafelyUnwrapped.advanced(by: chunkCount).initialize(to: chunk)
        chunkCount += 1
    }

    /// Takes the top chunk out, where no page of it is resident.
    mutating func removeEmptyChunk() -> MemoryChunk? {
        guard chunkCount > 0, (chunkCount - 1) * shape.pagesPerChunk >= residentPages else { return nil }
        chunkCount -= 1
        return unsafe chunks.unsafelyUnwrapped.advanced(by: chunkCount).move()
    }

    /// Gives pages above the top back until `slack` of them are left, or the system keeps one.
    mutating func trim(slack: Int) {
        let target = neededPages + slack
        while residentPages > target {
            let chunk = (residentPages - 1) / shape.pagesPerChunk
            let first = max(target, chunk * shape.pagesPerChunk)
            let pages = (first - chunk * shape.pagesPerChunk)..<(residentPages - chunk * shape.pagesPerChunk)
            guard unsafe chunks.unsafelyUnwrapped[chunk].giveBack(pages) else { return }
            residentPages = first
        }
    }

    /// Unmaps everything. The last use of this value.
    func free() {
        guard let chunks = unsafe chunks else { return }
        for index in 0..<chunkCount { unsafe chunks[index].unmap() }
        unsafe chunks.deallocate()
    }

    /// Pages with memory, as the system counts them; see ``MemoryChunk/residentPages()``.
    func systemPages() -> Int {
        guard let chunks = unsafe chunks else { return 0 }
        return (0..<chunkCount).reduce(0) { sum, index in unsafe sum + chunks[index].residentPages() }
    }

    // MARK: objects

    @inline(__always)
    private func object(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < count, "no such object")
        let (chunk, offset) = shape.place(of: index)
        return unsafe chunks.unsafelyUnwrapped[chunk].base + offset
    }

    /// Puts an object on top; there is room.
    mutating func push(page: UInt64, _ payload: Span<UInt8>) -> Int {
        precondition(hasRoom(), "no room was made")
        count += 1
        neededPages = shape.pages(for: count)
        residentPages = max(residentPages, neededPages)
        let index = count - 1
        unsafe object(index).storeBytes(of: UInt32(truncatingIfNeeded: page), as: UInt32.self)
        overwrite(index, payload)
        return index
    }

    /// Gives an object other bytes of its own, of the same class.
    func overwrite(_ index: Int, _ payload: Span<UInt8>) {
        precondition(payload.count <= shape.stride - ClassShape.headerBytes, "the object is of another class")
        let target = unsafe object(index) + ClassShape.headerBytes
        unsafe payload.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe target.copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Takes an object out; the last one takes its place.
    ///
    /// - Returns: the page whose object is at `index` now, or nil where the object was the last.
    mutating func remove(_ index: Int) -> UInt64? {
        let last = count - 1
        var moved: UInt64?
        if index != last {
            let source = unsafe object(last)
            unsafe object(index).copyMemory(from: source, byteCount: shape.stride)
            moved = unsafe UInt64(source.load(as: UInt32.self))
        }
        count = last
        neededPages = shape.pages(for: last)
        return moved
    }

    /// The page that an object belongs to.
    func page(of index: Int) -> UInt64 { unsafe UInt64(object(index).load(as: UInt32.self)) }

    /// Appends an object's own bytes.
    func append(_ index: Int, count bytes: Int, to out: inout ByteBuffer) {
        precondition(bytes >= 0 && bytes <= shape.stride - ClassShape.headerBytes, "beyond the object")
        let start = unsafe object(index) + ClassShape.headerBytes
        unsafe out.append(Span(_unsafeStart: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: bytes))
    }

    /// Whether an object's own bytes begin with these.
    func holds(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
        let start = unsafe object(index) + ClassShape.headerBytes
        let own = unsafe Span(
            _unsafeStart: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: bytes.count)
        return own.equals(bytes)
    }

    /// The first eight bytes of an object's own.
    func word(_ index: Int) -> UInt64 {
        unsafe (object(index) + ClassShape.headerBytes).loadUnaligned(as: UInt64.self)
    }
}
