internal import PseudoFS

/// What is known of a request by the time that something goes wrong with it.
struct Trail {
    /// What the node can do, once it was found: a 405 says so. Not the declaration itself, which would be counted.
    var verbs: Verbs?
    /// Whether the node is a directory.
    var isDirectory = false
    /// The kind of node, as its declaration's `contentIndex`, once it was found.
    var contentIndex: Int?
    /// The status, where the errno does not decide it.
    var status: UInt16?
    /// Bytes of the device of which a range was asked for that it does not have: a 416 says so.
    var size: UInt64?
    /// Whether the rest of the connection cannot be trusted.
    var closes = false

    /// Fixes the status of a failure.
    ///
    /// - Returns: the failure, to be thrown.
    mutating func refusing(_ failure: Failure, with status: UInt16) -> Failure {
        self.status = status
        return failure
    }
}
