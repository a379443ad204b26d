/// Shell patterns as the kernel's `glob_match` (lib/glob.c) understands them.
///
/// `*` is any text, `?` any byte, `[a-z]` one of some, `[!a-z]` one of the others, a backslash takes the next byte as it
/// is. A `[` without its `]` stands for itself, and so does `^` behind a `[`. The time is the product of both lengths at
/// worst: only the last `*` is tried again.
enum KernelGlob {
    /// Whether a whole text matches.
    static func matches(_ text: Span<UInt8>, _ pattern: Span<UInt8>) -> Bool {
        var at = 0
        var place = 0
        // Where to go on behind the last star, and the first byte of the text that the star has not taken.
        var retry: (place: Int, at: Int)?
        while true {
            if place < pattern.count, pattern[place] == 0x2A {
                place += 1
                if place == pattern.count { return true }
                retry = (place, at)
                continue
            }
            if at == text.count, place == pattern.count { return true }
            if at < text.count, let next = step(text[at], pattern, place) {
                at += 1
                place = next
                continue
            }
            guard at < text.count, let last = retry else { return false }
            retry = (last.place, last.at + 1)
            (place, at) = (last.place, last.at + 1)
        }
    }

    /// Where the pattern goes on if its next part takes a byte.
    @inline(__always)
    private static func step(_ byte: UInt8, _ pattern: Span<UInt8>, _ place: Int) -> Int? {
        guard place < pattern.count else { return nil }
        switch pattern[place] {
        case 0x3F: return place + 1
        case 0x5B:
            if let (end, isIn) = set(pattern, place + 1, byte) { return isIn ? end : nil }
            return byte == 0x5B ? place + 1 : nil
        // A backslash at the end stands before the end of the text, which no byte is.
        case 0x5C: return place + 1 < pattern.count && pattern[place + 1] == byte ? place + 2 : nil
        case let literal: return literal == byte ? place + 1 : nil
        }
    }

    /// Whether a set, which begins behind its `[`, takes a byte, and where it ends; nil where it has no `]`.
    private static func set(_ pattern: Span<UInt8>, _ start: Int, _ byte: UInt8) -> (end: Int, isIn: Bool)? {
        let isInverted = start < pattern.count && pattern[start] == 0x21
        var place = isInverted ? start + 1 : start
        var isFound = false
        // A `]` that stands first is one of the set.
        repeat {
            guard place < pattern.count else { return nil }
            let low = pattern[place]
            var high = low
            place += 1
            if place + 1 < pattern.count, pattern[place] == 0x2D, pattern[place + 1] != 0x5D {
                high = pattern[place + 1]
                place += 2
            }
            if low <= byte, byte <= high { isFound = true }
            guard place < pattern.count else { return nil }
        } while pattern[place] != 0x5D
        return (place + 1, isFound != isInverted)
    }
}
