internal import Bytes

/// What `snapshot` shows while it holds no record: the kernel's text.
enum SnapshotHelp {
    /// Appends it.
    ///
    /// - Parameters:
    ///   - isAllocated: whether there is memory for a snapshot.
    ///   - isOfLane: whether it is the file of one CPU.
    ///   - out: where it goes.
    static func append(isAllocated: Bool, isOfLane: Bool, to out: inout ByteBuffer) {
        out.append("# tracer: nop\n#\n#\n# * Snapshot is ")
        out.append(isAllocated ? "allocated" : "freed")
        out.append(" *\n#\n# Snapshot commands:\n")
        out.append(isOfLane ? lane : whole)
    }

    private static let whole = """
        # echo 0 > snapshot : Clears and frees snapshot buffer
        # echo 1 > snapshot : Allocates snapshot buffer, if not already allocated.
        #                      Takes a snapshot of the main buffer.
        # echo 2 > snapshot : Clears snapshot buffer (but does not allocate or free)
        #                      (Doesn't have to be '2' works with any number that
        #                       is not a '0' or '1')

        """

    private static let lane = """
        # echo 0 > snapshot : Invalid for per_cpu snapshot file.
        # echo 1 > snapshot : Allocates snapshot buffer, if not already allocated.
        #                      Takes a snapshot of the main buffer for this cpu.
        # echo 2 > snapshot : Clears this cpu's snapshot buffer (but does not allocate)
        #                      (Doesn't have to be '2' works with any number that
        #                       is not a '0' or '1')

        """
}
