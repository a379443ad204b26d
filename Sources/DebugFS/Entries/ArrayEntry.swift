internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// What a client reads and only the program replaces: a blob, an array, named registers.
final class ArrayEntry: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the contents are under a lock of their own, which is a leaf.

    /// What it shows.
    enum Contents: Sendable {
        case bytes([UInt8])
        case numbers([UInt32])
        case registers([DebugRegister])

        /// Bytes of memory, near enough.
        var cost: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .numbers(let numbers): numbers.count * 4
            case .registers(let registers): registers.reduce(0) { $0 + 32 + $1.name.utf8.count }
            }
        }
    }

    private let contents: Locked<Contents>
    private let held: HeldBytes

    /// - Throws: EFBIG, ENOSPC.
    init(
        name: EntryName, type: DebugType, mode: UInt16, identity: UInt64, contents: Contents, held: HeldBytes,
        limits: DebugLimits
    ) throws(Failure) {
        try Self.check(contents, limits)
        try held.take(contents.cost)
        self.contents = Locked(contents)
        self.held = held
        super.init(name: name, type: type, mode: mode, identity: identity)
    }

    deinit { held.giveBack(contents.withLock { $0.cost }) }

    private static func check(_ contents: Contents, _ limits: DebugLimits) throws(Failure) {
        guard contents.cost <= limits.blobBytesMax else {
            throw Failure(.fileTooLarge, "a value has at most \(limits.blobBytesMax) bytes", subject: .content)
        }
    }

    var now: Contents { contents.withLock { $0 } }

    /// Replaces it, for the program.
    func replace(by new: Contents, limits: DebugLimits) throws(Failure) {
        try Self.check(new, limits)
        try held.take(new.cost)
        let before = contents.withLock { contents in
            defer { contents = new }
            return contents.cost
        }
        held.giveBack(before)
    }

    override func value() -> Value {
        switch now {
        case .bytes(let bytes): .record([.init("size", .unsigned(UInt64(bytes.count)))])
        case .numbers(let numbers): .list(numbers.map { .unsigned(UInt64($0)) })
        case .registers(let registers): DebugRegister.value(of: registers)
        }
    }

    override func appendText(to out: inout ByteBuffer) {
        switch now {
        case .bytes(let bytes): out.append(bytes.span)
        case .numbers(let numbers):
            for (index, number) in numbers.enumerated() {
                out.append(digits: UInt64(number))
                out.append(index + 1 < numbers.count ? 0x20 : 0x0A)
            }
        case .registers(let registers): out.append(registers: registers)
        }
    }
}
