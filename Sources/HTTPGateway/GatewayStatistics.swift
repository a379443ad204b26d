internal import Synchronization

/// What the gateway has refused since its start, and what it holds now.
public struct GatewayStatistics: Sendable, Equatable {
    /// Streams that are open now.
    public var streamsOpen = 0
    /// Bodies over their limit: 413.
    public var bodiesRefused = 0
    /// Streams over their limit: 503.
    public var streamsRefused = 0
    /// Batches of more requests than their limit: 400.
    public var batchesRefused = 0
    /// Watches of directories with more entries than their limit: 413.
    public var watchesRefused = 0
    /// Connections over their limit, as the transport reports them: 503.
    public var connectionsRefused = 0
    /// Requests whose `Host` was none of ours: 403.
    public var hostsRefused = 0
    /// Requests that another site made a browser send: 403.
    public var originsRefused = 0
    /// Requests whose length could be read in two ways: 400.
    public var framingsRefused = 0
    /// Requests without a valid token where one is needed: 401.
    public var tokensRefused = 0
    /// Requests of somebody known who may not: 403.
    public var authorityRefused = 0
}

/// The same, while it is counted: one relaxed addition an event.
struct GatewayCounters: ~Copyable, Sendable {
    let streamsOpen = Atomic<Int>(0)
    let bodiesRefused = Atomic<Int>(0)
    let streamsRefused = Atomic<Int>(0)
    let batchesRefused = Atomic<Int>(0)
    let watchesRefused = Atomic<Int>(0)
    let connectionsRefused = Atomic<Int>(0)
    let hostsRefused = Atomic<Int>(0)
    let originsRefused = Atomic<Int>(0)
    let framingsRefused = Atomic<Int>(0)
    let tokensRefused = Atomic<Int>(0)
    let authorityRefused = Atomic<Int>(0)

    var snapshot: GatewayStatistics {
        GatewayStatistics(
            streamsOpen: streamsOpen.load(ordering: .relaxed),
            bodiesRefused: bodiesRefused.load(ordering: .relaxed),
            streamsRefused: streamsRefused.load(ordering: .relaxed),
            batchesRefused: batchesRefused.load(ordering: .relaxed),
            watchesRefused: watchesRefused.load(ordering: .relaxed),
            connectionsRefused: connectionsRefused.load(ordering: .relaxed),
            hostsRefused: hostsRefused.load(ordering: .relaxed),
            originsRefused: originsRefused.load(ordering: .relaxed),
            framingsRefused: framingsRefused.load(ordering: .relaxed),
            tokensRefused: tokensRefused.load(ordering: .relaxed),
            authorityRefused: authorityRefused.load(ordering: .relaxed))
    }
}

extension Atomic where Value == Int {
    func count() { add(1, ordering: .relaxed) }
}
