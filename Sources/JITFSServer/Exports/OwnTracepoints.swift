internal import Glibc
internal import SystemPackage
internal import TraceEngine

/// Our own events, entered in the catalogue and bound to the places where they happen.
struct OwnTracepoints {
    let request: Tracepoint
    let nodeMade: Tracepoint
    let nodeReclaimed: Tracepoint
    let pagePut: Tracepoint
    let pageGet: Tracepoint
    let pageDiscard: Tracepoint
    let pageSpill: Tracepoint
    let memLimit: Tracepoint

    /// Enters them; to be done before any import, so that their ids are the same in every process.
    ///
    /// - Throws: where the limit on events leaves no room for them.
    init(in engine: TraceEngine) throws(ConfigurationError) {
        let events: [TraceEvent]
        do throws(Errno) {
            events = try engine.catalogue.add(OwnEvents.all.map(\.catalogueDefinition))
        } catch {
            throw ConfigurationError("the limit events leaves no room for jitfs' own: \(error)")
        }
        let task = TraceTask(pid: getpid(), comm: "jitfsd")
        func tracepoint(_ definition: OwnEvents.Definition) -> Tracepoint {
            guard let event = events.first(where: { $0.system == definition.system && $0.name == definition.name })
            else {
                preconditionFailure("an own event is not in its own list")
            }
            return Tracepoint(event, in: engine, task: task)
        }
        request = tracepoint(OwnEvents.request)
        nodeMade = tracepoint(OwnEvents.nodeMade)
        nodeReclaimed = tracepoint(OwnEvents.nodeReclaimed)
        pagePut = tracepoint(OwnEvents.pagePut)
        pageGet = tracepoint(OwnEvents.pageGet)
        pageDiscard = tracepoint(OwnEvents.pageDiscard)
        pageSpill = tracepoint(OwnEvents.pageSpill)
        memLimit = tracepoint(OwnEvents.memLimit)
    }
}
