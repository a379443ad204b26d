/// Clients in the order of the bytes of their names: 10 before 2.
struct ClientOrder: Comparable {
    private let digits: UInt64
    private let length: UInt8

    /// The place of a number, which has 19 digits at most.
    init(_ number: UInt64) {
        var digits = number
        var length: UInt8 = 19
        // Written from the left: of two numbers with the same digits there the shorter name comes first.
        while digits < 1_000_000_000_000_000_000, length > 1 {
            digits *= 10
            length -= 1
        }
        self.digits = digits
        self.length = length
    }

    static func < (left: ClientOrder, right: ClientOrder) -> Bool {
        left.digits != right.digits ? left.digits < right.digits : left.length < right.length
    }
}
