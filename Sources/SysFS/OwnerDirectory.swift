internal import Bytes
public import PseudoFS
internal import SystemPackage

extension DirectoryTableEntry where Context == Always {
    /// The directory `owners`: a file for each owner, which says how long its lease is.
    ///
    /// To make, to renew and to release takes the authority to administer: an owner takes along what others have made.
    /// To make something for an owner takes none but that for making it.
    ///
    /// - Parameter owners: the registry of the tree that it is to stand in.
    /// - Returns: the entry.
    public static func owners(_ owners: Owners) -> DirectoryTableEntry {
        let shape = EntryShape.file(OwnerFile.file(in: owners))
        return .directory(
            "owners",
            DirectoryTable<Always>(
                summary: "Who has entries, and takes them along; POST {\"name\":…,\"ttl\":SECONDS} makes one.",
                children: .resolved(
                    find: { _, name in owners.lease(named: name).map { Resolution(shape, $0) } },
                    entries: { _ in LeaseCursor(owners.leases, shape) }),
                members: ["ttl"],
                make: { _, name, request throws(Failure) in
                    var seconds: UInt64?
                    if let ttl = request.members.first { seconds = try OwnerFile.seconds(ttl.value) }
                    try owners.make(name, seconds: seconds)
                }, changeAuthority: .admin))
    }
}

/// The file of one owner: its time to live in seconds.
private enum OwnerFile {
    /// What stands for a lease without end, where a number stands for another.
    static let endless = "none"

    static func file(in owners: Owners) -> File<Lease> {
        File<Lease>.attribute(
            mode: 0o600,
            summary: "How many seconds the owner lasts unless it is renewed, or none; any write renews it.",
            value: { .unsigned(owners.status(of: $0).seconds) },
            members: { lease in
                let status = owners.status(of: lease)
                return [
                    .init("remaining", .unsigned(status.remainingSeconds)),
                    .init("entries", .unsigned(UInt64(status.entryCount))),
                ]
            },
            text: { lease, out in
                guard let seconds = owners.status(of: lease).seconds else { return out.append("none\n") }
                out.append(decimal: seconds)
                out.append(0x0A)
            },
            write: { lease, bytes, _ throws(Failure) in
                if bytes.trimmed.isEmpty { return try owners.renew(lease) }
                try owners.set(try seconds(bytes), of: lease)
            },
            appends: false, readAuthority: .admin, changeAuthority: .admin,
            // A renewal that found no room would take everything away.
            releases: { _ in true }
        ).entry(remove: { lease, _ throws(Failure) in try owners.release(lease) })
    }

    /// Reads a time to live, as a write brings it: a number of seconds, or `none`.
    static func seconds(_ bytes: Span<UInt8>) throws(Failure) -> UInt64? {
        bytes.trimmed.equals(endless) ? nil : try KernelNumber.unsigned(bytes)
    }

    /// The same in a creation, as a number or as text.
    static func seconds(_ value: JSONValue) throws(Failure) -> UInt64? {
        let text: String
        switch value {
        case .number(let number): text = number
        case .string(let string): text = string
        default: throw Failure(.invalidArgument, "ttl is a number of seconds, or \(endless)", subject: .content)
        }
        let bytes = Array(text.utf8)
        return try seconds(bytes.span)
    }
}

extension Value {
    /// A number, or null where there is none.
    fileprivate static func unsigned(_ number: UInt64?) -> Value {
        guard let number else { return .null }
        return .unsigned(number)
    }
}

/// The owners that there were when the listing began.
private final class LeaseCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time, as its owner promises.
    private let leases: [Lease]
    private let shape: EntryShape<Lease>
    private var position = 0

    init(_ leases: [Lease], _ shape: EntryShape<Lease>) {
        self.leases = leases
        self.shape = shape
    }

    func next() -> (name: String, resolution: Resolution)? {
        guard position < leases.count else { return nil }
        defer { position += 1 }
        return (leases[position].owner.name, Resolution(shape, leases[position]))
    }

    func seek(after name: Span<UInt8>) {
        while position < leases.count, !name.precedes(leases[position].owner.name.utf8Span.span) { position += 1 }
    }
}
