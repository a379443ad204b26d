internal import Bytes

/// Goes through the children of one directory, in the order of their names' bytes. Used by one thread at a time.
public protocol EntryCursor: AnyObject, Sendable {
    /// The next child, or nil at the end. One that was removed meanwhile may be given, or left out; none comes twice.
    func next() -> (name: String, resolution: Resolution)?
    /// Goes on behind that name, whether it is there or not; only forward.
    func seek(after name: Span<UInt8>)
}

/// Children as they were at one moment, sorted by the bytes of their names.
@usableFromInline
final class SnapshotCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private let entry: EntryDefinition
    private let count: Int
    private let name: @Sendable (Int) -> String
    private let binding: @Sendable (Int) -> Binding?
    private var position = 0

    @usableFromInline
    init(
        _ entry: EntryDefinition, count: Int, name: @escaping @Sendable (Int) -> String,
        binding: @escaping @Sendable (Int) -> Binding?
    ) {
        self.entry = entry
        self.count = count
        self.name = name
        self.binding = binding
    }

    @usableFromInline
    func next() -> (name: String, resolution: Resolution)? {
        while position < count {
            defer { position += 1 }
            if let binding = binding(position) { return (name(position), Resolution(entry, binding)) }
        }
        return nil
    }

    @usableFromInline
    func seek(after name: Span<UInt8>) {
        var high = count
        while position < high {
            let middle = (position + high) / 2
            if name.precedes(self.name(middle).utf8Span.span) { high = middle } else { position = middle + 1 }
        }
    }
}

/// Children whose names are numbers, found as they come.
@usableFromInline
final class NumberedCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private let entry: EntryDefinition
    private let stored: @Sendable (Int) -> Int?
    private let binding: @Sendable (Int) -> Binding
    /// Where to go on; nil at the end.
    private var position: Int? = 0

    @usableFromInline
    init(
        _ entry: EntryDefinition, next: @escaping @Sendable (Int) -> Int?,
        binding: @escaping @Sendable (Int) -> Binding
    ) {
        self.entry = entry
        stored = next
        self.binding = binding
    }

    @usableFromInline
    func next() -> (name: String, resolution: Resolution)? {
        guard let start = position, let number = stored(start) else {
            position = nil
            return nil
        }
        position = number == .max ? nil : number + 1
        return (String(number), Resolution(entry, binding(number)))
    }

    /// Behind a name that is no number there is nothing.
    @usableFromInline
    func seek(after name: Span<UInt8>) {
        let number = Self.number(name) ?? .max
        position = number == .max ? nil : max(position ?? .max, number + 1)
    }

    /// The number that a name is: plain decimal without leading zeros, `Int.max` for what is larger; nil for any other.
    @usableFromInline
    static func number(_ name: Span<UInt8>) -> Int? {
        if name.isEmpty || name.count > 1 && name[0] == 0x30 { return nil }
        var number = 0
        for index in name.indices {
            guard name[index] >= 0x30, name[index] <= 0x39 else { return nil }
            let (product, isLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = product.addingReportingOverflow(Int(name[index] - 0x30))
            number = isLarge || isLarger ? .max : sum
        }
        return number
    }
}
