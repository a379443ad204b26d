internal import Bytes
internal import Glibc
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TraceEngineTests {
    @Test func `instances are made, found, listed and removed by name`() throws {
        let engine = TraceFixture { $0.instancesMax = 4 }.engine
        let made = try ["b", "a", "ü *\n", String(repeating: "x", count: 255)].map {
            try engine.createInstance(name: $0)
        }
        #expect(engine.instances.map(\.name) == ["a", "b", String(repeating: "x", count: 255), "ü *\n"])
        #expect(engine.instanceCount == 4)
        #expect(engine.instance(named: "a".utf8Span.span) === made[1])
        #expect(engine.instance(named: "c".utf8Span.span) == nil)
        #expect(throws: Errno.tooManyOpenFilesInSystem) { try engine.createInstance(name: "c") }
        try engine.removeInstance(made[0])
        #expect(made[0].isDead)
        #expect(engine.instances.count == 3)
        #expect(throws: Errno.noSuchFileOrDirectory) { try engine.removeInstance(made[0]) }
        #expect(throws: Errno.notPermitted) { try engine.removeInstance(engine.top) }
        let again = try engine.createInstance(name: "b")
        #expect(again.id != made[0].id)
        #expect(throws: Errno.fileExists) { try engine.createInstance(name: "b") }
        #expect(Set((made + [again, engine.top]).map(\.id)).count == 6)
    }

    @Test func `bad names are refused`() throws {
        let engine = TraceFixture().engine
        for name in ["", ".", "..", "a/b", "a\0"] {
            #expect(throws: Errno.invalidArgument) { try engine.createInstance(name: name) }
        }
        #expect(throws: Errno.fileNameTooLong) { try engine.createInstance(name: String(repeating: "x", count: 256)) }
    }

    @Test func `a removed instance lets its events go and refuses everything`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "x")
        try instance.setEnabled(ping, true)
        try fixture.engine.removeInstance(instance)
        #expect(ping.enabledCount == 0)
        #expect(fixture.engine.activeInstanceCount == 0)
        #expect(fixture.engine.mappedBytes == 0)
        let gone = Errno.operationNotSupportedByDevice
        #expect(throws: gone) { try instance.setEnabled(ping, true) }
        #expect(throws: gone) { try instance.setAllEnabled(false) }
        #expect(throws: gone) { try instance.setBufferKilobytes(8) }
        #expect(throws: gone) { try instance.setClock(named: "tai") }
        #expect(throws: gone) {
            try instance.write(event: ping, payload: TraceFixture.bytes().span, lane: 0, task: fixture.task)
        }
        instance.tracingOn = false
        instance.clear()
        #expect(instance.statistics(lane: 0).entries == 0)
        try fixture.engine.remove(ping)
    }

    @Test func `names survive thousands of comings and goings`() throws {
        let engine = TraceFixture().engine
        var alive: [Int: TraceInstance] = [:]
        for index in 0..<6000 {
            let key = index * 7919 % 1009
            if let instance = alive.removeValue(forKey: key) {
                try engine.removeInstance(instance)
            } else {
                alive[key] = try engine.createInstance(name: "i\(key)")
            }
        }
        #expect(engine.instanceCount == alive.count)
        for key in 0..<1009 { #expect(engine.instance(named: "i\(key)".utf8Span.span) === alive[key]) }
    }

    @Test func `two thousand untouched instances are small`() throws {
        let fixture = TraceFixture()
        let before = Self.residentPages
        for index in 0..<2000 { try fixture.engine.createInstance(name: "instance-\(index)-with-a-name") }
        print("2000 untouched instances: \((Self.residentPages - before) * 4096 / 2000) bytes each")
        #expect(fixture.engine.mappedBytes == 0)
        #expect(fixture.engine.instanceCount == 2000)
    }

    /// The second number of /proc/self/statm.
    static var residentPages: Int {
        guard let file = unsafe try? FileDescriptor.open("/proc/self/statm", .readOnly) else { return 0 }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe (try? file.read(into: $0)) ?? 0 }
        let words = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
