internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// To be run under the thread sanitizer: what is asserted is little, what is raced is all.
@Suite struct ConcurrencyTests {
    @Test func `writers, a pipe, a cursor, switches and removal get along`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping", "pong")
        let engine = fixture.engine
        let instance = try engine.createInstance(name: "raced")
        try instance.setBufferKilobytes(16)
        try instance.setAllEnabled(true)
        let delivered = ManualTime()
        var threads = Threads()
        for number in 0..<4 { threads.start { Self.write(number, fixture) } }
        threads.start { Self.drain(instance, delivered) }
        threads.start { Self.read(instance) }
        threads.start { Self.toggle(instance, fixture) }
        usleep(200_000)
        try engine.removeInstance(instance)
        threads.join()
        #expect(instance.isDead)
        #expect(engine.mappedBytes == 0)
        #expect(fixture.event("jit", "ping").enabledCount == 0)
        #expect(delivered.nanoseconds > 0)
    }

    private static func write(_ number: Int, _ fixture: TraceFixture) {
        let ping = fixture.event("jit", "ping")
        let payload = TraceFixture.bytes(24 + number * 40)
        for index in 0..<20_000 {
            fixture.time.advance(by: 10)
            _ = try? fixture.engine.publish(ping, payload: payload.span, task: fixture.task, lane: (number + index) % 2)
            if index % 500 == 0 { usleep(1000) }
        }
    }

    private static func drain(_ instance: TraceInstance, _ delivered: ManualTime) {
        guard let pipe = try? instance.openPipe() else { return }
        let woken = ManualTime()
        pipe.onReadable { woken.advance(by: 1) }
        var payload = ByteBuffer()
        while true {
            switch pipe.step(into: &payload) {
            case .record: delivered.advance(by: 1)
            case .lost: continue
            case .empty:
                let seen = woken.nanoseconds
                if pipe.wait() { while woken.nanoseconds == seen { sched_yield() } }
            case .ended: return
            }
        }
    }

    private static func read(_ instance: TraceInstance) {
        var payload = ByteBuffer()
        while !instance.isDead {
            guard var cursor = try? instance.makeCursor() else { return }
            while case .record(let header) = cursor.step(into: &payload) {
                precondition(header.cpu < 2 && payload.count >= 24, "a torn record")
                precondition(payload.span[payload.count - 1] == 7, "a torn payload")
            }
        }
    }

    private static func toggle(_ instance: TraceInstance, _ fixture: TraceFixture) {
        let pong = fixture.event("jit", "pong")
        var index = 0
        while !instance.isDead {
            index += 1
            try? instance.setEnabled(pong, index % 2 == 0)
            _ = instance.enableStateAll
            _ = instance.statistics(lane: index % 2)
            if index % 50 == 0 { try? instance.setBufferKilobytes(UInt64(8 + index % 3 * 8)) }
            if index % 170 == 0 { instance.clear() }
            if index % 60 == 0 { instance.tracingOn = index % 120 == 0 }
            if index % 90 == 0 {
                _ = try? fixture.engine.catalogue.add(
                    system: "more", name: "e\(index)", format: .own([]), origin: .dynamic)
            }
            sched_yield()
        }
    }

    @Test func `instances and events come and go under everybody's hands`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        var threads = Threads()
        for number in 0..<2 { threads.start { Self.comeAndGo(number, ping, fixture) } }
        threads.start {
            let payload = TraceFixture.bytes()
            for index in 0..<2000 {
                _ = try? fixture.engine.publish(ping, payload: payload.span, task: fixture.task, lane: index)
            }
        }
        threads.join()
        for instance in fixture.engine.instances { try fixture.engine.removeInstance(instance) }
        #expect(ping.enabledCount == 0)
        #expect(fixture.engine.activeInstanceCount == 0)
        #expect(fixture.engine.mappedBytes == 0)
    }

    private static func comeAndGo(_ number: Int, _ ping: TraceEvent, _ fixture: TraceFixture) {
        for index in 0..<300 {
            let name = "i\((index + number) % 7)"
            if let made = try? fixture.engine.createInstance(name: name) {
                try? made.setEnabled(ping, true)
            } else if let found = fixture.engine.instance(named: name.utf8Span.span) {
                try? fixture.engine.removeInstance(found)
            }
            _ = fixture.engine.instances.count
        }
    }
}
