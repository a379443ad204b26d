internal import JITFSTestSupport
internal import Locking
internal import Testing

@testable internal import TraceEngine

@Suite struct EventWatchTests {
    private let fixture = TraceFixture()

    @Test func `a watch is told once of what changes after it was armed`() throws {
        let users = UserEvents(of: fixture.engine)
        try users.define("u:shop/order u64 id".utf8Span.span)
        let told = Locked(0)
        let watch = users.watch()
        watch.onChange { told.withLock { $0 += 1 } }
        let instance = try fixture.engine.createInstance(name: "x")
        let event = fixture.event("shop", "order")
        try instance.setEnabled(event, true)
        #expect(told.withLock { $0 } == 0)
        watch.arm()
        try instance.setEnabled(event, false)
        try instance.setEnabled(event, true)
        #expect(told.withLock { $0 } == 1)
        #expect(users.statuses.map(\.enabledCount) == [1])
        watch.arm()
        try fixture.engine.removeInstance(instance)
        #expect(told.withLock { $0 } == 2)
        #expect(users.statuses.map(\.enabledCount) == [0])
        watch.arm()
        try users.remove("shop/order".utf8Span.span)
        #expect(told.withLock { $0 } == 3)
        watch.arm()
        try users.define("u:shop/refund".utf8Span.span)
        #expect(told.withLock { $0 } == 4)
        watch.arm()
        watch.close()
        try users.define("u:shop/more".utf8Span.span)
        #expect(told.withLock { $0 } == 4)
    }

    @Test func `a trigger that holds an event is told`() throws {
        let users = UserEvents(of: fixture.engine)
        try users.define("u:shop/order u64 id".utf8Span.span)
        try users.define("u:shop/refund u64 id".utf8Span.span)
        let watch = users.watch()
        let told = Locked(0)
        watch.onChange { told.withLock { $0 += 1 } }
        watch.arm()
        let order = fixture.event("shop", "order")
        try fixture.engine.top.addTrigger("enable_event:shop:refund".utf8Span.span, of: order)
        #expect(told.withLock { $0 } == 1)
        #expect(users.statuses.map(\.enabledCount) == [1, 1])
        watch.close()
    }

    @Test func `no change is missed by who arms before it looks`() throws {
        let users = UserEvents(of: fixture.engine)
        try users.define("u:shop/order u64 id".utf8Span.span)
        let instance = try fixture.engine.createInstance(name: "x")
        let event = fixture.event("shop", "order")
        let watch = users.watch()
        let told = Locked(false)
        watch.onChange { told.withLock { $0 = true } }
        let isDone = Locked(false)
        var threads = Threads()
        threads.start {
            for round in 0..<2000 { try? instance.setEnabled(event, round % 2 == 0) }
            try? instance.setEnabled(event, true)
            isDone.withLock { $0 = true }
        }
        threads.start {
            var isLast = false
            while !isLast {
                isLast = isDone.withLock { $0 }
                told.withLock { $0 = false }
                watch.arm()
                let isEnabled = users.statuses.first?.enabledCount == 1
                // Once nothing changes any more, what is seen is the end.
                if isLast { #expect(isEnabled) }
                // Seen as disabled, it will be enabled yet: that is told.
                while !isEnabled, !told.withLock({ $0 }) {}
            }
        }
        threads.join()
        watch.close()
    }
}
