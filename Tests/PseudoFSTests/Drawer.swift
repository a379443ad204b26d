internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// A model with numbered files: cards in a drawer, which are there once something is written on them.
final class Drawer: Subject, NodeContext {
    var isDead: Bool { false }
    var identity: UInt64 { 9 }
    let cards = Locked<[Int: String]>([:])

    func next(from number: Int) -> Int? { cards.withLock { $0.keys.filter { $0 >= number }.min() } }
}

struct Card: NodeContext {
    let drawer: Drawer
    let number: Int

    static func of(_ binding: Binding) -> Card {
        Card(drawer: binding.subject(as: Drawer.self), number: binding.number ^ .min)
    }
    var binding: Binding { Binding(drawer, number: number ^ .min) }

    static let file = File<Card>.bytes(
        mode: 0o644, summary: "A card.",
        read: { card, out throws(Failure) in out.append(try card.text()) },
        known: { card throws(Failure) in [.init("length", .integer(Int64(try card.text().utf8.count)))] },
        write: { card, bytes, _ in
            let text = String(repairing: bytes)
            card.drawer.cards.withLock { $0[card.number] = text }
        },
        remove: { card, _ in card.drawer.cards.withLock { $0[card.number] = nil } })

    private func text() throws(Failure) -> String {
        guard let text = drawer.cards.withLock({ $0[number] }) else { throw Failure(.noData) }
        return text
    }

    static let table = DirectoryTable<Drawer>(
        summary: "Cards.",
        children: .numberedFiles(
            file, bind: { Card(drawer: $0, number: $1) }, next: { $0.next(from: $1) }))
}

extension Namespace {
    static func over(_ drawer: Drawer, limits: NodeLimits = NodeLimits()) -> Namespace {
        Namespace(
            mounts: [Mount(FileSystem(type: "drawerfs", root: Card.table, context: drawer), at: "/drawer")],
            limits: limits)
    }
}
