internal import PseudoFS
internal import SystemPackage

/// Runs an operation of the engine and says in words what its errno means here.
///
/// - Parameters:
///   - subject: what the errno speaks of.
///   - reason: what was wrong, where it is this errno.
///   - body: the operation.
/// - Returns: what the operation returned.
/// - Throws: its errno, as a failure about the subject.
@discardableResult
func engine<Result: ~Copyable>(
    _ subject: Failure.Subject = .content, _ reason: (Errno) -> String = { $0.description },
    _ body: () throws(Errno) -> Result
) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        // What the instance or the event itself has come to is about the node, whatever the body says.
        let isAboutNode = error == .operationNotSupportedByDevice || error == .noMemory
        throw Failure(error, reason(error), subject: isAboutNode ? .node : subject)
    }
}
