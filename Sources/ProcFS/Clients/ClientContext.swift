internal import Bytes
internal import Locking
internal import PseudoFS

/// A client, while somebody looks at its directory.
final class ClientContext: Subject, NodeContext {
    let client: any Client

    init(_ client: any Client) { self.client = client }

    /// Whether the client has gone.
    var isDead: Bool { client.isClosed }

    var identity: UInt64 { Hash64.of(client.number) }

    /// Whether it is the caller's own connection.
    func isOwn(of caller: Caller) -> Bool { caller.connection == client.number }
}

extension Hash64 {
    /// A number, spread over 64 bits.
    fileprivate static func of(_ number: UInt64) -> UInt64 { (number &+ 1) &* 0x9E37_79B9_7F4A_7C15 }
}

/// Tells who watches a file of a client that the client has gone. What the file says of it changes without a word.
final class ClientWatch: ValueWatch {
    private let wake = Locked<(@Sendable () -> Void)?>(nil)
    private let forget = Locked<(@Sendable () -> Void)?>(nil)

    init(_ client: any Client) {
        let forget = client.whenClosed { [weak self] in self?.call() }
        self.forget.withLock { $0 = forget }
    }

    private func call() { wake.withLock { $0 }?() }

    // Nothing to be armed: a client goes once.
    func arm() {}

    func onChange(_ wake: (@Sendable () -> Void)?) { self.wake.withLock { $0 = wake } }

    func close() {
        let forget = forget.withLock { forget in
            defer { forget = nil }
            return forget
        }
        forget?()
    }
}
