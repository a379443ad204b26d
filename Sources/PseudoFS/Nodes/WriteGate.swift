internal import Locking

/// Serialises the writes to one owner's files, so that a precondition still holds when the write happens.
///
/// The outermost lock of all: a file's write runs inside it, takes the model's own locks one by one, and must not
/// write to another node through the namespace. Owners share 64 gates by a hash of their key; two that share one wait
/// for each other and nothing else. Sinks (markers, user events) pass no gate.
final class WriteGate: Sendable {
    private let turn = Locked(())
    private static let gates: [WriteGate] = (0..<64).map { _ in WriteGate() }

    static func of(_ owner: UInt64) -> WriteGate {
        gates[Int(truncatingIfNeeded: (owner &* 0x9E37_79B9_7F4A_7C15) >> 58)]
    }

    func pass(_ body: () throws(Failure) -> Void) throws(Failure) {
        try turn.withLock { (_) throws(Failure) in try body() }
    }
}
