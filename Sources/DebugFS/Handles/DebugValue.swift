internal import Bytes
public import PseudoFS
internal import Synchronization

/// A number of the program's that is a file too: `debugfs_create_u32` and its kin.
///
/// ```swift
/// let orders = try shop.u32("orders")
/// orders.value = 7
/// orders.add(1)
/// ```
///
/// Reading takes an atomic load, a change an exchange; who watches the file is told.
public struct DebugValue<Number: FixedWidthInteger & Sendable>: Sendable {
    private let debug: DebugFS
    private let number: NumberEntry

    init(_ debug: DebugFS, _ number: NumberEntry) {
        self.debug = debug
        self.number = number
    }

    /// The number now.
    public var value: Number {
        get { Number(truncatingIfNeeded: number.bits.load(ordering: .relaxed)) }
        nonmutating set {
            number.store(UInt64(truncatingIfNeeded: newValue))
            debug.watches.changed(number)
        }
    }

    /// Adds to it in one step, wrapping around as C's numbers do.
    ///
    /// - Parameter difference: what to add.
    /// - Returns: the sum.
    @discardableResult
    public func add(_ difference: Number) -> Number {
        var old = number.bits.load(ordering: .relaxed)
        while true {
            let sum = Number(truncatingIfNeeded: old) &+ difference
            let (isDone, present) = number.bits.compareExchange(
                expected: old, desired: UInt64(truncatingIfNeeded: sum), ordering: .sequentiallyConsistent)
            if isDone {
                debug.watches.changed(number)
                return sum
            }
            old = present
        }
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, number) }
}

/// A truth value of the program's that is a file too: `debugfs_create_bool`.
public struct DebugBool: Sendable {
    private let debug: DebugFS
    private let number: NumberEntry

    init(_ debug: DebugFS, _ number: NumberEntry) {
        self.debug = debug
        self.number = number
    }

    /// Whether it is true now.
    public var value: Bool {
        get { number.bits.load(ordering: .relaxed) != 0 }
        nonmutating set {
            number.store(newValue ? 1 : 0)
            debug.watches.changed(number)
        }
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, number) }
}

/// A line of the program's that is a file too: `debugfs_create_str`.
public struct DebugString: Sendable {
    private let debug: DebugFS
    private let string: StringEntry

    init(_ debug: DebugFS, _ string: StringEntry) {
        self.debug = debug
        self.string = string
    }

    /// The line now, without a newline.
    public var value: String { String(repairing: string.bytes.span) }

    /// Replaces it; white space at the end is left out.
    ///
    /// - Throws: EFBIG over ``DebugLimits/stringBytesMax``, EINVAL for a NUL, ENOSPC where all values hold too much.
    public func set(_ text: String) throws(Failure) {
        try string.replace(by: Array(text.utf8))
        debug.watches.changed(string)
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, string) }
}

/// Bytes of the program's that can be read as a file: `debugfs_create_blob`.
public struct DebugBlob: Sendable {
    private let debug: DebugFS
    private let array: ArrayEntry

    init(_ debug: DebugFS, _ array: ArrayEntry) {
        self.debug = debug
        self.array = array
    }

    /// The bytes now.
    public var bytes: [UInt8] { if case .bytes(let bytes) = array.now { bytes } else { [] } }

    /// Replaces them.
    ///
    /// - Throws: EFBIG over ``DebugLimits/blobBytesMax``, ENOSPC where all values hold too much.
    public func set(_ bytes: [UInt8]) throws(Failure) {
        try array.replace(by: .bytes(bytes), limits: debug.limits)
        debug.watches.changed(array)
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, array) }
}

/// Numbers of the program's that can be read as a file: `debugfs_create_u32_array`.
public struct DebugArray: Sendable {
    private let debug: DebugFS
    private let array: ArrayEntry

    init(_ debug: DebugFS, _ array: ArrayEntry) {
        self.debug = debug
        self.array = array
    }

    /// The numbers now.
    public var numbers: [UInt32] { if case .numbers(let numbers) = array.now { numbers } else { [] } }

    /// Replaces them.
    ///
    /// - Throws: EFBIG over ``DebugLimits/blobBytesMax``, ENOSPC where all values hold too much.
    public func set(_ numbers: [UInt32]) throws(Failure) {
        try array.replace(by: .numbers(numbers), limits: debug.limits)
        debug.watches.changed(array)
    }

    /// Its name, its place, its removal.
    public var entry: DebugEntry { DebugEntry(debug, array) }
}
