internal import Bytes
internal import SystemPackage

/// All classes' stacks, their chunks, and the sums of their pages.
///
/// Used under the lock of the pool that owns it. The table of stacks, 20 KiB, comes with the first object.
@safe struct StackArena: ~Copyable, @unchecked Sendable {
    // Sendable: stacks and chunks have exactly one owner, this noncopyable value.

    /// Pages that the objects lie on, of all classes.
    private(set) var neededPages = 0
    /// Pages held: the needed ones and the slack above each class.
    private(set) var residentPages = 0
    private let memory: any PageMemory
    private var stacks: UnsafeMutablePointer<ClassStack>?
    /// A chunk without memory, kept so that a class at the edge of one does not map and unmap with each object.
    private var spare: MemoryChunk?

    init(memory: any PageMemory) {
        self.memory = memory
        unsafe stacks = nil
    }

    deinit {
        spare?.unmap()
        guard let stacks = unsafe stacks else { return }
        for number in 0..<ClassShape.count { unsafe stacks[number].free() }
        unsafe stacks.deallocate()
    }

    @inline(__always)
    private func stack(_ number: Int) -> UnsafeMutablePointer<ClassStack> {
        precondition(number >= 0 && number < ClassShape.count, "no such class")
        guard let stacks = unsafe stacks else { preconditionFailure("no object was ever stored") }
        return unsafe stacks + number
    }

    // MARK: what an operation would take

    /// How many pages more a new object of a class would touch, and how many more would be needed.
    func pagesToPush(_ number: Int) -> (resident: Int, needed: Int) {
        guard unsafe stacks != nil else { return (1, 1) }
        let stack = unsafe stack(number).pointee
        let needed = stack.pagesToPush
        return (max(stack.neededPages + needed - stack.residentPages, 0), needed)
    }

    /// How many pages less would be needed without one object of a class.
    func pagesToPop(_ number: Int) -> Int { unsafe stack(number).pointee.pagesToPop }

    /// How many pages more would be touched, and how many more needed, were there so many objects more of a class; less,
    /// where there are fewer.
    func pages(of number: Int, changedBy change: Int) -> (resident: Int, needed: Int) {
        guard unsafe stacks != nil else {
            let needed = ClassShape(class: number).pages(for: change)
            return (needed, needed)
        }
        let stack = unsafe stack(number).pointee
        let needed = stack.shape.pages(for: stack.count + change)
        return (needed - stack.residentPages, needed - stack.neededPages)
    }

    /// Sees to it that new objects of a class have chunks to lie in; takes no memory yet.
    ///
    /// - Parameters:
    ///   - number: the class.
    ///   - objects: how many will come.
    /// - Throws: ENOMEM; ``dropUnusedChunks(_:)`` takes back those that were made.
    mutating func makeRoom(_ number: Int, for objects: Int = 1) throws(Errno) {
        if unsafe stacks == nil { makeStacks() }
        while unsafe !stack(number).pointee.hasRoom(for: objects) {
            let chunk: MemoryChunk
            if let spare {
                chunk = spare
                self.spare = nil
            } else {
                chunk = try MemoryChunk(from: memory)
            }
            unsafe stack(number).pointee.add(chunk)
        }
    }

    private mutating func makeStacks() {
        let made = UnsafeMutablePointer<ClassStack>.allocate(capacity: ClassShape.count)
        for number in 0..<ClassShape.count { unsafe (made + number).initialize(to: ClassStack(class: number)) }
        unsafe stacks = unsafe made
    }

    // MARK: objects

    /// Puts an object on top of its class, for which there is room.
    mutating func push(_ number: Int, page: UInt64, _ payload: Span<UInt8>) -> Int {
        let stack = unsafe stack(number)
        let needed = unsafe stack.pointee.neededPages
        let resident = unsafe stack.pointee.residentPages
        let index = unsafe stack.pointee.push(page: page, payload)
        unsafe neededPages += stack.pointee.neededPages - needed
        unsafe residentPages += stack.pointee.residentPages - resident
        return index
    }

    /// Gives an object other bytes, of the same class.
    func overwrite(_ number: Int, _ index: Int, _ payload: Span<UInt8>) {
        unsafe stack(number).pointee.overwrite(index, payload)
    }

    /// Takes an object out and gives pages back where there is much slack: at most one object is copied.
    ///
    /// Up to one page in 256 of a class, and one more, stays for the next object: a class whose top moves up and down by
    /// a few objects asks the system for nothing.
    ///
    /// - Returns: the page whose object is at `index` now, if any.
    mutating func remove(_ number: Int, _ index: Int) -> UInt64? {
        let moved = take(number, index)
        trimSlack(number)
        return moved
    }

    /// The same, and gives nothing back.
    @inline(__always)
    mutating func take(_ number: Int, _ index: Int) -> UInt64? {
        let stack = unsafe stack(number)
        let needed = unsafe stack.pointee.neededPages
        let moved = unsafe stack.pointee.remove(index)
        unsafe neededPages += stack.pointee.neededPages - needed
        return moved
    }

    /// Gives pages of a class back where there is much slack.
    ///
    /// - Parameters:
    ///   - number: the class.
    ///   - pages: how many may stay beside one in 256: one where the next object is about to come, none where pages are
    ///     given up.
    @inline(__always)
    mutating func trimSlack(_ number: Int, keeping pages: Int = 1) {
        let stack = unsafe stack(number)
        let slackMax = unsafe pages + stack.pointee.neededPages >> 8
        let slack = unsafe stack.pointee.residentPages - stack.pointee.neededPages
        if slack > slackMax { trim(number, slack: slackMax / 2) }
    }

    /// The page that an object belongs to.
    func page(of number: Int, _ index: Int) -> UInt64 { unsafe stack(number).pointee.page(of: index) }

    /// Appends an object's own bytes.
    func append(_ number: Int, _ index: Int, count: Int, to out: inout ByteBuffer) {
        unsafe stack(number).pointee.append(index, count: count, to: &out)
    }

    /// Whether an object's own bytes begin with these.
    func holds(_ number: Int, _ index: Int, _ bytes: Span<UInt8>) -> Bool {
        unsafe stack(number).pointee.holds(index, bytes)
    }

    /// The first eight bytes of an object's own.
    func word(_ number: Int, _ index: Int) -> UInt64 { unsafe stack(number).pointee.word(index) }

    /// How many objects a class has.
    func count(_ number: Int) -> Int { unsafe stacks == nil ? 0 : stack(number).pointee.count }

    // MARK: giving back

    /// Gives a class' slack back but for `slack` pages, and chunks that no page is left of.
    mutating func trim(_ number: Int, slack: Int) {
        let stack = unsafe stack(number)
        let resident = unsafe stack.pointee.residentPages
        unsafe stack.pointee.trim(slack: slack)
        unsafe residentPages += stack.pointee.residentPages - resident
        while let chunk = unsafe stack.pointee.removeEmptyChunk() {
            if spare == nil { spare = chunk } else { chunk.unmap() }
        }
    }

    /// Gives a class' pages back but for those that so many objects, which are no fewer than there are, need.
    mutating func trim(_ number: Int, toHold objects: Int) {
        let stack = unsafe stack(number).pointee
        trim(number, slack: stack.shape.pages(for: objects) - stack.neededPages)
    }

    /// Unmaps the chunks of a class that no page is resident of.
    mutating func dropUnusedChunks(_ number: Int) {
        guard unsafe stacks != nil else { return }
        let stack = unsafe stack(number).pointee
        trim(number, slack: stack.residentPages - stack.neededPages)
    }

    /// Gives all slack back.
    mutating func trimAll() {
        guard unsafe stacks != nil, residentPages > neededPages else { return }
        for number in 0..<ClassShape.count {
            if unsafe stack(number).pointee.residentPages > stack(number).pointee.neededPages { trim(number, slack: 0) }
        }
    }

    // MARK: checking

    /// Pages with memory, as the system counts them; see ``MemoryChunk/residentPages()``.
    func systemPages() -> Int {
        guard unsafe stacks != nil else { return 0 }
        let ofStacks = (0..<ClassShape.count).reduce(0) { sum, number in
            unsafe sum + stack(number).pointee.systemPages()
        }
        return ofStacks + (spare?.residentPages() ?? 0)
    }

    /// Traps where sums and stacks disagree.
    func checkInvariants() {
        #if DEBUG
            guard unsafe stacks != nil else { return precondition(residentPages == 0 && neededPages == 0, "no stacks") }
            var needed = 0
            var resident = 0
            for number in 0..<ClassShape.count {
                let stack = unsafe stack(number).pointee
                precondition(stack.neededPages == stack.shape.pages(for: stack.count), "pages of class \(number)")
                precondition(stack.residentPages >= stack.neededPages, "an object lies on no page")
                precondition(stack.residentPages <= stack.chunkCount * stack.shape.pagesPerChunk, "a page in no chunk")
                needed += stack.neededPages
                resident += stack.residentPages
            }
            precondition(needed == neededPages && resident == residentPages, "the sums of pages are wrong")
        #endif
    }
}
