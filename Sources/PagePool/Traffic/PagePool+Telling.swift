extension PagePool {
    /// Tells the probe, which listens, of what was done; under no lock.
    func tell(
        _ probe: any PageProbe, _ operation: PageOperation, _ page: UInt64, _ storedBytes: Int, since start: UInt64
    ) {
        probe.happened(
            operation, pool: name, page: page, storedBytes: storedBytes, nanoseconds: probe.now &- start)
    }
}
