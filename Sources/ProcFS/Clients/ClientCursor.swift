internal import Bytes
internal import PseudoFS

/// Goes through the clients that there were at one moment, in the order of the bytes of their names.
final class ClientCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private let shape: EntryShape<ClientContext>
    private let clients: [any Client]
    private var position = 0

    init(_ shape: EntryShape<ClientContext>, _ clients: [any Client]) {
        self.shape = shape
        self.clients = clients.map { (ClientOrder($0.number), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    func next() -> (name: String, resolution: Resolution)? {
        while position < clients.count {
            let client = clients[position]
            position += 1
            if !client.isClosed { return (String(client.number), Resolution(shape, ClientContext(client))) }
        }
        return nil
    }

    func seek(after name: Span<UInt8>) {
        var high = clients.count
        while position < high {
            let middle = (position + high) / 2
            let other = String(clients[middle].number)
            if name.precedes(other.utf8Span.span) { high = middle } else { position = middle + 1 }
        }
    }
}
