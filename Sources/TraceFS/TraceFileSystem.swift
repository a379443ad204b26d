public import PseudoFS
public import TraceEngine

extension FileSystem {
    /// `tracefs` over an engine: what is mounted at `/tracing`.
    ///
    /// - Parameters:
    ///   - engine: the model; it owns every truth that the files show.
    ///   - userEvents: the events that programs define.
    /// - Returns: the file system.
    public static func tracefs(_ engine: TraceEngine, userEvents: UserEvents) -> FileSystem {
        FileSystem(
            type: "tracefs", root: TraceTables(engine: engine, userEvents: userEvents).top,
            context: engine.top, reach: .subject)
    }
}
