internal import Bytes

/// Pages that tests know by heart.
enum TestPage {
    /// A page whose frame is `length + 8` bytes with ``ToyCodec``, and different for each mark.
    static func of(_ length: Int, mark: UInt64 = 1) -> [UInt8] {
        let start = Int((mark &* 0x9E37_79B9_7F4A_7C15) >> 48)
        return Array(noise[start..<(start + length)]) + zeros[length...]
    }

    /// A page that begins with what all pages of its family do: 600 bytes of a value, and then as ``of(_:mark:)``.
    static func related(_ length: Int, mark: UInt64, family: UInt8 = 0) -> [UInt8] {
        let start = Int((mark &* 0x9E37_79B9_7F4A_7C15) >> 48)
        let own = max(min(length, 4096) - 600, 0)
        return [UInt8](repeating: 0x41 + family * 16, count: 600) + Array(noise[start..<(start + own)])
            + zeros[(600 + own)...]
    }

    private static let zeros = [UInt8](repeating: 0, count: 4096)

    /// Bytes none of which is zero, and no two pages' worth the same.
    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        return (0..<(65_536 + 4096)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56) | 1
        }
    }()

    /// A page that repeats a word.
    static func repeating(_ word: UInt64) -> [UInt8] {
        var page = ByteBuffer(capacity: 4096)
        page.append(repeating: word, times: 512)
        return page.array
    }
}
