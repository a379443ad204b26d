internal import JITFSTestSupport
internal import SystemPackage
internal import Testing
internal import TraceEngine

@testable internal import KernelTracing

@Suite struct KernelSourceSimulationTests {
    @Test func `what is enabled there is what is wanted here, whatever is done and refused`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let fixture = try KernelFixture()
        let paths = ["sched/switch", "sched/wakeup", "sys/enter"]
        var wanted: [String: Set<String>] = [:]
        var refused: Set<String> = []
        for step in 0..<400 {
            let name = "i\(Int.random(in: 0..<3, using: &random))"
            let path = paths.randomElement(using: &random) ?? paths[0]
            let instance = fixture.engine.instance(named: name.utf8Span.span)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                if let instance {
                    try fixture.engine.removeInstance(instance)
                    wanted[name] = nil
                }
            case 1:
                if refused.insert(path).inserted {
                    fixture.tracefs.refuse("\(path)/enable", with: .notPermitted)
                } else {
                    refused.remove(path)
                    fixture.tracefs.refuse("\(path)/enable", with: nil)
                }
            case 2, 3:
                if let instance { try setAll(true, instance, fixture, &wanted, refused, paths, "SEED=\(seed) \(step)") }
            case 4: if let instance { try setAll(false, instance, fixture, &wanted, refused, paths, "SEED=\(seed)") }
            default:
                let instance = try instance ?? fixture.engine.createInstance(name: name)
                let enabled = Bool.random(using: &random)
                let isOn = wanted.values.contains { $0.contains(path) }
                let mustFail = enabled && refused.contains(path) && !isOn
                do throws(Errno) {
                    try instance.setEnabled(try event(path, fixture), enabled)
                    #expect(!mustFail, "SEED=\(seed) \(step)")
                    if enabled { wanted[name, default: []].insert(path) } else { wanted[name]?.remove(path) }
                } catch {
                    #expect(mustFail && error == .notPermitted, "SEED=\(seed) \(step)")
                }
            }
            #expect(fixture.tracefs.enabled == Set(wanted.values.joined()), "SEED=\(seed) \(step)")
            fixture.source.checkInvariants()
            for instance in fixture.engine.instances { instance.checkInvariants() }
        }
    }

    private func event(_ path: String, _ fixture: KernelFixture) throws(Errno) -> TraceEvent {
        do { return try fixture.event(path) } catch { throw .noSuchFileOrDirectory }
    }

    private func setAll(
        _ enabled: Bool, _ instance: TraceInstance, _ fixture: KernelFixture, _ wanted: inout [String: Set<String>],
        _ refused: Set<String>, _ paths: [String], _ comment: Comment
    ) throws {
        let isOn = Set(wanted.values.joined())
        let mustFail = enabled && !refused.subtracting(isOn).isEmpty
        do throws(Errno) {
            try instance.setAllEnabled(enabled)
            #expect(!mustFail, comment)
            wanted[instance.name] = enabled ? Set(paths) : []
        } catch {
            #expect(mustFail && error == .notPermitted, comment)
        }
    }
}
