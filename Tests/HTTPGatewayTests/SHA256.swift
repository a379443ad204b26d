internal import Bytes

/// FIPS 180-4, for tests only: the gateway is given its digest from outside.
enum SHA256 {
    static func of(_ message: Span<UInt8>) -> [UInt8] {
        var bytes = [UInt8](copying: message)
        let bits = UInt64(bytes.count) * 8
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        var state: [UInt32] = roots(of: 8, power: 2)
        let constants = roots(of: 64, power: 3)
        for block in stride(from: 0, to: bytes.count, by: 64) {
            compress(bytes[block..<(block + 64)], constants, &state)
        }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    /// The first 32 bits behind the point of the square or cube roots of the first primes.
    private static func roots(of count: Int, power: Int) -> [UInt32] {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { prime in
            // The largest root with root^power <= prime * 2^(32 * power), by bisection in 128 bits and more.
            var low: UInt64 = 0
            var high: UInt64 = 1 << 40
            while low + 1 < high {
                let middle = (low + high) / 2
                if isAtMost(middle, power: power, prime: prime) { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }

    private static func isAtMost(_ root: UInt64, power: Int, prime: UInt64) -> Bool {
        let square = root.multipliedFullWidth(by: root)
        if power == 2 { return square.high < prime }
        let low = square.low.multipliedFullWidth(by: root)
        let high = square.high.multipliedFullWidth(by: root)
        let (middle, carry) = high.low.addingReportingOverflow(low.high)
        return high.high + (carry ? 1 : 0) == 0 && middle >> 32 < prime
    }

    private static func compress(_ block: ArraySlice<UInt8>, _ constants: [UInt32], _ state: inout [UInt32]) {
        func turn(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }
        var words = (0..<16).map { index in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[block.startIndex + index * 4 + $1]) }
        }
        for index in 16..<64 {
            let (a, b) = (words[index - 15], words[index - 2])
            let s0 = turn(a, 7) ^ turn(a, 18) ^ a >> 3
            let s1 = turn(b, 17) ^ turn(b, 19) ^ b >> 10
            words.append(words[index - 16] &+ s0 &+ words[index - 7] &+ s1)
        }
        var v = state
        for index in 0..<64 {
            let s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
            let choice = v[4] & v[5] ^ ~v[4] & v[6]
            let first = v[7] &+ s1 &+ choice &+ constants[index] &+ words[index]
            let s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
            let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
            v = [first &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] = state[index] &+ v[index] }
    }

    static func hexadecimal(_ text: String) -> String {
        var out = ByteBuffer()
        for byte in of(text.utf8Span.span) { out.append(hexadecimal: UInt64(byte), width: 2) }
        return out.text
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var out = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).reduce(UInt32(0)) {
                $0 << 8 | (start + $1 < bytes.count ? UInt32(bytes[start + $1]) : 0)
            }
            for place in 0..<4 {
                out.append(start + place > bytes.count ? "=" : alphabet[Int(group >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return out
    }
}
