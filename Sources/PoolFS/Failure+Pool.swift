internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// Runs an operation of a pool and says in words what its errno means here.
///
/// - Parameters:
///   - subject: what the errno speaks of.
///   - reason: what was wrong, where it is this errno.
///   - body: the operation.
/// - Returns: what the operation returned.
/// - Throws: its errno, as a failure about the subject.
func pool<Result: ~Copyable>(
    _ subject: Failure.Subject = .node, _ reason: (Errno) -> String, _ body: () throws(Errno) -> Result
) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        // What the pool itself has come to is about the node, whatever the body says.
        throw Failure(error, reason(error), subject: error == .operationNotSupportedByDevice ? .node : subject)
    }
}

extension PagePool {
    /// What an errno of one of this pool's operations says, in words.
    func reason(_ errno: Errno) -> String {
        switch errno {
        case .noSpace: "the limit of \(memLimitBytes) bytes, mem_limit, is reached" + backingReason
        case .noData: "nothing is stored there"
        case .badMessage: "what is stored there is damaged: its checksum is wrong"
        case .operationNotSupportedByDevice: "the pool has been removed"
        case .ioError:
            backingName.map { "the backing store \($0) cannot be read there" } ?? errno.description
        default: errno.description
        }
    }

    /// Why the backing store does not help, if there is one.
    private var backingReason: String {
        guard let name = backingName, let trouble = backingTrouble else { return "" }
        return ", and the backing store \(name) \(trouble)"
    }

    /// The same of an operation on one page.
    func reason(_ errno: Errno, page: UInt64) -> String {
        let pageCount = disksizeBytes / UInt64(PagePool.pageBytes)
        return errno == .invalidArgument && page >= pageCount
            ? "the device has \(pageCount) pages, the first being 0" : reason(errno)
    }
}
