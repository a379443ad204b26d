/// Events that programs post, for every instance where they are wanted.
extension TraceEngine {
    /// Records events that come as lines of JSON, as `trace_pipe` gives them; only `event` must be there.
    ///
    /// `{"event":"shop/order","fields":{"id":42}}`, with `timestamp_ns`, `cpu`, `pid` and `comm` where the writer
    /// knows better. Absent fields are zero or empty. An event that is enabled nowhere is read and forgotten.
    ///
    /// - Parameters:
    ///   - body: any number of lines.
    ///   - task: who wrote those that say nothing else.
    ///   - lane: the CPU lane of those that say nothing else, taken modulo their number.
    /// - Throws: why a line is no event, and which; those before it are recorded.
    public func post(lines body: Span<UInt8>, by task: TraceTask, lane: Int) throws(PostRefusal) {
        var lines = EventLines(engine: self, caller: task, lane: lane)
        try lines.take(body)
    }

    /// Records events that come packed, each as its event's `format` lays it out, behind a head that says how many
    /// bytes it has.
    ///
    /// - Parameters:
    ///   - body: the whole of it.
    ///   - task: who wrote those that say nothing else.
    ///   - lane: the CPU lane of those that say nothing else, taken modulo their number.
    /// - Throws: why a record is none, which and where; those before it are recorded.
    public func post(packed body: Span<UInt8>, by task: TraceTask, lane: Int) throws(PostRefusal) {
        var records = PackedEvents(engine: self, caller: task, lane: lane)
        try records.take(body)
    }
}
