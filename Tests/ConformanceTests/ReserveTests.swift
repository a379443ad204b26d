import Bytes
import HTTPGateway
import JITFSServer
import JITFSTestSupport
import Locking
import PseudoFS
import SystemPackage
import Testing
import TraceEngine

/// A cache in which every node is pinned: nothing new is had, and everything can be turned off.
struct ReserveTests {
    let tree: ServedTree
    let client: InProcess

    init() throws {
        var configuration = ServedTree.configuration()
        try configuration.limits.set("nodes=64")
        tree = try ServedTree(configuration)
        client = InProcess(gateway: Gateway(namespace: tree.server.namespace, lanes: 2))
    }

    /// Pins whatever can be had of what no test asks for, until nothing more can be.
    private func pinEverything() throws -> [NodePin] {
        let namespace = tree.server.namespace
        var paths: [String] = []
        for top in ["/sys/limits", "/pool/ramzswap0", "/tracing/options"] {
            let reader = try namespace.walk(top.utf8Span.span, caller: Caller()).node.entries()
            while let entry = reader.next() { paths.append("\(top)/\(entry.name)") }
        }
        var pins: [NodePin] = []
        for path in paths {
            for lane in 0..<2 {
                do throws(Failure) {
                    let walk = try namespace.walk(path.utf8Span.span, caller: Caller(lane: lane))
                    pins.append(namespace.pin(walk.node))
                } catch {
                    #expect(error.errno == .noMemory)
                }
            }
        }
        #expect(namespace.statistics.live == 64)
        return pins
    }

    private func status(_ method: String, _ target: String, _ body: String? = nil, json: Bool = false) throws -> Int {
        let headers = json ? [("Content-Type", "application/json")] : []
        return try client.send(Request(method, target, headers, body: body)).status
    }

    @Test func `when every node is pinned, nothing new is had, and everything can be turned off`() throws {
        let server = tree.server
        let instance = try server.engine.createInstance(name: "deep")
        try instance.setAllEnabled(true)
        for name in ["kept", "owned"] { try server.engine.createInstance(name: name) }
        _ = try status("POST", "/tracing/dynamic_events", "u:one u64 id\nu:two u64 id\ns:three u64 id\n")
        _ = try status("POST", "/tracing/instances/deep/events/jit/ping/trigger", "traceoff:5")
        _ = try status("PUT", "/tracing/instances/deep/events/jit/ping/filter", "common_pid > 3")
        #expect(try status("POST", "/sys/fs/jitfs/owners", #"{"name":"shop","ttl":3600}"#) == 201)
        let found = server.engine.instance(named: "owned".utf8Span.span)
        let owned = try #require(found)
        try server.namespace.owners.owner(named: "shop").adopt { try? server.engine.removeInstance(owned) }

        let pins = try pinEverything()
        let deep = "/tracing/instances/deep"
        #expect(try status("GET", "\(deep)/tracing_on") == 507)
        #expect(try status("PUT", "\(deep)/tracing_on", "1") == 507)
        #expect(try status("PUT", "\(deep)/set_event", "jit:ping") == 507)
        #expect(try status("POST", "\(deep)/set_event", "!jit:ping jit:pong") == 507)
        #expect(try status("POST", "/tracing/dynamic_events", "-:one\nu:four u64 id") == 507)
        #expect(try status("POST", "/sys/fs/jitfs/owners", #"{"name":"new"}"#) == 507)
        #expect(try status("POST", "/tracing/user_events_data", #"{"event":"user_events/one"}"#) == 507)

        for (method, target, body, isJSON) in [
            ("PUT", "\(deep)/events/jit/ping/enable", "0", false),
            ("PUT", "\(deep)/events/jit/pong/enable", #"{"value":false}"#, true),
            ("POST", "\(deep)/events/jit/ping/trigger", "!traceoff", false),
            ("PUT", "\(deep)/events/jit/ping/filter", "0", false),
            ("PUT", "\(deep)/events/jit/enable", "+0\n", false), ("PUT", "\(deep)/events/enable", "0", false),
            ("POST", "\(deep)/set_event", "!jit:ping\n!jit:pong", false), ("PUT", "\(deep)/set_event", "", false),
            ("PUT", "\(deep)/tracing_on", "0\n", false), ("PUT", "\(deep)/trace", "", false),
            ("PUT", "\(deep)/options/overwrite", "0", false),
            ("POST", "/tracing/dynamic_events", "-:one\n", false),
            ("POST", "/tracing/dynamic_events", "!u:two\n-:synthetic/three", false),
            ("PUT", "/tracing/synthetic_events", "", false), ("PUT", "/tracing/dynamic_events", "", false),
            ("PUT", "/sys/fs/jitfs/owners/shop", "", false), ("PUT", "/sys/fs/jitfs/owners/shop", "60", false),
        ] {
            #expect(try status(method, target, body, json: isJSON) == 200, "\(method) \(target) \(body)")
        }
        #expect(instance.enabledCount == 0 && !instance.tracingOn)
        let batch = try client.send(
            Request(
                "POST", "/batch",
                body: """
                    {"method":"PUT","path":"/tracing/instances/kept/tracing_on","body":"0"}
                    {"method":"DELETE","path":"/tracing/instances/kept"}
                    {"method":"DELETE","path":"/sys/fs/jitfs/owners/shop"}
                    """))
        #expect(batch.status == 200)
        #expect(batch.body.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"status":20"#) }, "\(batch.body)")
        #expect(owned.isDead && server.engine.instances.map(\.name).contains("kept") == false)
        #expect(try status("DELETE", deep) == 204)
        #expect(server.namespace.statistics.live <= 64)
        withExtendedLifetime(pins) {}
        server.namespace.checkInvariants()
    }

    @Test func `many threads turn things off at once, and none is refused`() throws {
        let server = tree.server
        for index in 0..<48 {
            let instance = try server.engine.createInstance(name: "i\(index)")
            if index % 8 == 0 { try instance.setAllEnabled(true) }
            let lease = try server.namespace.owners.make("o\(index)", seconds: 3600)
            let owned = try server.engine.createInstance(name: "owned\(index)")
            lease.owner.adopt { try? server.engine.removeInstance(owned) }
        }
        let pins = try pinEverything()
        let refused = Locked<[String]>([])
        var threads = Threads()
        for worker in 0..<8 {
            threads.start { [client] in
                for index in stride(from: worker, to: 48, by: 8) {
                    let top = "/tracing/instances/i\(index)"
                    for (method, target, body) in [
                        ("PUT", "\(top)/events/jit/ping/enable", "0"), ("PUT", "\(top)/events/enable", "0"),
                        ("PUT", "\(top)/tracing_on", "0"), ("PUT", "\(top)/set_event", ""),
                        ("POST", "\(top)/events/jit/ping/trigger", "!traceoff"), ("DELETE", top, nil),
                        (
                            "POST", "/batch",
                            #"{"method":"DELETE","path":"/sys/fs/jitfs/owners/o"# + "\(index)\"}"
                        ),
                    ] as [(String, String, String?)] {
                        let answer = try? client.send(Request(method, target, body: body))
                        let isDone = answer.map { (200...204).contains($0.status) && !$0.body.contains("problem") }
                        if isDone != true {
                            refused.withLock { $0.append("\(method) \(target): \(answer?.body ?? "")") }
                        }
                    }
                }
            }
        }
        threads.join()
        #expect(refused.withLock { $0 } == [])
        #expect(server.engine.instances.map(\.name) == ["mine"])
        #expect(server.namespace.owners.leases.map(\.owner.name) == ["mine"])
        withExtendedLifetime(pins) {}
        server.namespace.checkInvariants()
    }
}
