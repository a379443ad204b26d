/// What the file `filter` of an event holds in one instance.
struct EventFilter: Sendable {
    /// Whose filter it is: its id may be another event's later.
    let event: TraceEvent
    /// What reading gives, without the last newline: the filter as it was written, or with what was wrong with it.
    let text: [UInt8]
    /// What records must pass; nil where the text is none, and everything passes.
    let filter: Filter?
}
