internal import Bytes

/// A set of CPUs, as a list like `0-3,8` names them.
///
/// The grammar is the kernel's (Documentation/admin-guide/kernel-parameters.rst): numbers and ranges between commas or
/// white space, `all`, `N` for the last one, and `0-15:2/4` for the first two of each four.
struct CPUSet: Equatable {
    /// A bit a CPU.
    private(set) var words: [UInt64]

    /// Reads a list; nil where the text is none, or names a CPU that is not there.
    ///
    /// - Parameters:
    ///   - list: the text.
    ///   - count: CPUs there are; one beyond is refused.
    init?(parsing list: Span<UInt8>, of count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
        var index = 0
        while true {
            while index < list.count, Self.separates(list[index]), list[index] != 0x0A { index += 1 }
            if index == list.count || list[index] == 0x0A { return }
            guard let region = Region(list, &index, last: count - 1), region.end < count else { return nil }
            for cpu in region.start...region.end where (cpu - region.start) % region.group < region.taken {
                words[cpu / 64] |= 1 << UInt64(cpu % 64)
            }
        }
    }

    /// How many there are.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The first; nil where there is none.
    var first: Int? {
        words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
    }

    fileprivate static func separates(_ byte: UInt8) -> Bool { byte == 0x2C || FilterText.isSpace(byte) }
}

/// A range of CPUs of which the first `taken` of each `group` are meant.
private struct Region {
    var start = 0
    var end = 0
    var taken = 1
    var group = 1

    init?(_ list: Span<UInt8>, _ index: inout Int, last: Int) {
        if index + 3 <= list.count, list.extracting(index..<(index + 3)).equalsIgnoringCase("all") {
            index += 3
            end = last
        } else {
            guard let first = Self.number(list, &index, last: last) else { return nil }
            start = first
            end = first
            if !Self.ends(list, index) {
                guard list[index] == 0x2D else { return nil }
                index += 1
                guard let last = Self.number(list, &index, last: last) else { return nil }
                end = last
            }
        }
        guard start <= end else { return nil }
        if Self.ends(list, index) { return }
        guard list[index] == 0x3A else { return nil }
        index += 1
        guard let taken = Self.number(list, &index, last: last), index < list.count, list[index] == 0x2F else {
            return nil
        }
        index += 1
        guard let group = Self.number(list, &index, last: last), group > 0, taken <= group else { return nil }
        self.taken = taken
        self.group = group
    }

    private static func ends(_ list: Span<UInt8>, _ index: Int) -> Bool {
        index == list.count || CPUSet.separates(list[index])
    }

    private static func number(_ list: Span<UInt8>, _ index: inout Int, last: Int) -> Int? {
        if index < list.count, list[index] == 0x4E {
            index += 1
            return last
        }
        let start = index
        var value = 0
        while index < list.count, FilterText.isDigit(list[index]) {
            value = value * 10 + Int(list[index] - 0x30)
            if value > Int(UInt32.max) { return nil }
            index += 1
        }
        return index > start ? value : nil
    }
}
