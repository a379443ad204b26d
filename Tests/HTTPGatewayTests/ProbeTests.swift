internal import Bytes
internal import HTTPGateway
internal import Locking
internal import Synchronization
internal import Testing

@Suite struct ProbeTests {
    final class Listener: GatewayProbe {
        let isOn = Atomic<Bool>(false)
        let heard = Locked<[String]>([])
        var isEnabled: Bool { isOn.load(ordering: .relaxed) }
        func answered(method: Method, status: UInt16, path: Span<UInt8>, bytes: Int) {
            let path = String(repairing: path)
            heard.withLock { $0.append("\(method) \(status) \(path) \(bytes)") }
        }
    }

    @Test func `the probe hears of every answer while it listens`() {
        let listener = Listener()
        let client = TestClient(probe: listener)
        _ = client.get("/t/number")
        listener.isOn.store(true, ordering: .relaxed)
        let answer = client.get("/t/number?pretty")
        _ = client.get("/t/missing", [("Accept", "text/plain")])
        _ = client.get("/t/number", [("Host", "evil"), ("Accept", "text/plain")])
        #expect(
            listener.heard.withLock { $0 }.prefix(2) == [
                "get 200 /t/number \(answer.bytes.count)", "get 404 /t/missing 31",
            ])
        #expect(listener.heard.withLock { $0.count } == 3)
    }
}
