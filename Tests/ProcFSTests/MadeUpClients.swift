import Locking
import ProcFS
import Synchronization

/// A client that only a test knows.
final class MadeUpClient: Client {
    let number: UInt64
    let state: Locked<State>
    private let closed = Atomic<Bool>(false)

    struct State: Sendable {
        var report = ClientReport()
        /// How it was closed.
        var endings: [Bool] = []
        var observers: [Int: @Sendable () -> Void] = [:]
        var nextObserver = 0
    }

    init(_ number: UInt64, _ report: ClientReport = ClientReport()) {
        self.number = number
        state = Locked(State(report: report))
    }

    var isClosed: Bool { closed.load(ordering: .acquiring) }
    var report: ClientReport { state.withLock { $0.report } }
    var endings: [Bool] { state.withLock { $0.endings } }
    var observerCount: Int { state.withLock { $0.observers.count } }

    func close(afterAnswer: Bool) {
        closed.store(true, ordering: .releasing)
        let observers = state.withLock { state in
            state.endings.append(afterAnswer)
            defer { state.observers = [:] }
            return Array(state.observers.values)
        }
        for wake in observers { wake() }
    }

    func whenClosed(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        if isClosed {
            wake()
            return {}
        }
        let id = state.withLock { state in
            state.nextObserver += 1
            state.observers[state.nextObserver] = wake
            return state.nextObserver
        }
        return { [self] in state.withLock { $0.observers[id] = nil } }
    }
}

/// Clients that come and go as a test wants.
final class MadeUpClients: ClientTable {
    private let list = Locked<[UInt64: MadeUpClient]>([:])

    init(_ numbers: some Sequence<UInt64> = []) { for number in numbers { add(MadeUpClient(number)) } }

    func add(_ client: MadeUpClient) { list.withLock { $0[client.number] = client } }

    func remove(_ number: UInt64) { list.withLock { $0.removeValue(forKey: number) }?.close(afterAnswer: false) }

    subscript(number: UInt64) -> MadeUpClient? { list.withLock { $0[number] } }

    func client(_ number: UInt64) -> (any Client)? {
        guard let client = self[number], !client.isClosed else { return nil }
        return client
    }

    var clients: [any Client] { list.withLock { Array($0.values) } }
}
