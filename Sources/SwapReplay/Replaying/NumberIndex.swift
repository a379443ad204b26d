/// Numbers in the order in which they first came: for each a place from 0 on, found by a hash.
///
/// Linear probing, at most three quarters full: 8 bytes a number and 5 to 11 of places.
struct NumberIndex {
    /// The numbers, by their place.
    private(set) var numbers: [UInt64] = []
    /// Places and one, 0 for none.
    private var buckets = [UInt32](repeating: 0, count: 64)

    /// The place of a number, which it gets here if it had none.
    @inline(__always)
    mutating func place(of number: UInt64) -> Int {
        var bucket = home(of: number)
        while buckets[bucket] != 0 {
            let place = Int(buckets[bucket]) - 1
            if numbers[place] == number { return place }
            bucket = (bucket + 1) & (buckets.count - 1)
        }
        numbers.append(number)
        buckets[bucket] = UInt32(numbers.count)
        if numbers.count * 4 > buckets.count * 3 { grow() }
        return numbers.count - 1
    }

    /// The place of a number that may have none.
    @inline(__always)
    func find(_ number: UInt64) -> Int? {
        var bucket = home(of: number)
        while buckets[bucket] != 0 {
            let place = Int(buckets[bucket]) - 1
            if numbers[place] == number { return place }
            bucket = (bucket + 1) & (buckets.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func home(of number: UInt64) -> Int {
        // The high bits of the product, for neighbours differ in the low ones only.
        let mixed = (number ^ number >> 32) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> UInt64(64 - buckets.count.trailingZeroBitCount))
    }

    private mutating func grow() {
        let count = buckets.count * 2
        buckets = []
        buckets = [UInt32](repeating: 0, count: count)
        for (place, number) in numbers.enumerated() {
            var bucket = home(of: number)
            while buckets[bucket] != 0 { bucket = (bucket + 1) & (count - 1) }
            buckets[bucket] = UInt32(place + 1)
        }
    }

    var stateBytes: Int { numbers.capacity * 8 + buckets.capacity * 4 }
}
