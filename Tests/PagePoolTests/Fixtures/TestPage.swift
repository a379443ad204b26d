/// Pages that tests know by heart.
enum TestPage {
    /// A page whose frame is `length + 8` bytes with ``ToyCodec``, and different for each mark.
    static func of(_ length: Int, mark: UInt64 = 1) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: 4096)
        var state = mark &* 0x9E37_79B9_7F4A_7C15 | 1
        for index in 0..<length {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            page[index] = UInt8(truncatingIfNeeded: state >> 56) | 1
        }
        return page
    }

    /// A page that repeats a word.
    static func repeating(_ word: UInt64) -> [UInt8] {
        (0..<4096).map { UInt8(truncatingIfNeeded: word >> UInt64($0 % 8 * 8)) }
    }
}
