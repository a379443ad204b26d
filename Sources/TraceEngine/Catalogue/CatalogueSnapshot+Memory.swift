internal import Bytes

extension CatalogueSnapshot {
    /// Bytes of memory that the events take: their objects, the texts of their formats, the tables by name and id, and the
    /// counts of who enabled them. Goes through all events, some 100 us for 2,323.
    public var heldBytes: Int {
        var bytes = EventHolders.idEnd * MemoryLayout<Int32>.size
        bytes += tableBytes
        var blobs: Set<ObjectIdentifier> = []
        for system in systems {
            bytes += HeapBlock.bytes(ofMembers: Self.systemMemberBytes) + system.tableBytes
            for event in system.events {
                bytes += HeapBlock.bytes(ofMembers: Self.eventMemberBytes) + Self.bytes(of: event.name)
                switch event.format {
                case .slice(let blob, _):
                    if blobs.insert(ObjectIdentifier(blob)).inserted { bytes += HeapBlock.bytes(of: blob.bytes) }
                case .own(let text): bytes += HeapBlock.bytes(of: text)
                }
            }
        }
        return bytes
    }

    /// A ``TraceEvent``: its names and the place of its text, an id, an order and an origin, a count and who holds it, and
    /// whether it is dead; a word each.
    private static let eventMemberBytes =
        2 * MemoryLayout<String>.size + MemoryLayout<EventFormatText>.stride + 4 * MemoryLayout<Int>.size
    /// An ``EventSystem``: a name, its tables and the directory.
    private static let systemMemberBytes =
        MemoryLayout<String>.size + MemoryLayout<NameTable<TraceEvent>>.size + MemoryLayout<EventIDSet>.size
        + 2 * MemoryLayout<Int>.size

    /// Bytes of a name that is no part of the object that has it: above 15.
    private static func bytes(of name: String) -> Int {
        name.utf8.count > 15 ? HeapBlock.bytes(of: 32 + name.utf8.count + 1) : 0
    }
}
