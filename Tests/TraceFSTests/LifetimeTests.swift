internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine
@testable internal import TraceFS

/// The races that bit eventfs (reference counts of what came between opendir and closedir, `format` read while its event
/// went, readers blocked across a removal), staged on purpose. To be run under the thread sanitizer.
@Suite struct LifetimeTests {
    /// What may be said of something that others make and remove, and nothing else.
    private static let passing: Set<Errno> = [
        .noSuchFileOrDirectory, .operationNotSupportedByDevice, .fileExists, .resourceBusy,
    ]

    /// What went wrong in any of the threads.
    private final class Complaints: Sendable {
        private let list = Locked<[String]>([])

        func note(_ text: String) { list.withLock { $0.append(text) } }
        var all: [String] { list.withLock { $0 } }

        /// Does something that may meet a removal; anything but what a removal explains is a complaint.
        func attempt<Result>(_ what: String, _ body: () throws -> Result) -> Result? {
            do {
                return try body()
            } catch let failure as Failure where LifetimeTests.passing.contains(failure.errno) {
                return nil
            } catch {
                note("\(what): \(error)")
                return nil
            }
        }
    }

    /// A flag that ends the loops of others.
    private final class Flag: Sendable {
        private let value = Locked(false)
        var isUp: Bool { value.withLock { $0 } }
        func raise() { value.withLock { $0 = true } }
    }

    /// Walks a directory and all below it, reads every attribute, and counts what it saw.
    private static func recurse(_ tree: TraceTree, _ path: String, _ complaints: Complaints) -> Int {
        guard let names = complaints.attempt("ls \(path)", { try tree.names(path) }) else { return 0 }
        if Set(names).count != names.count { complaints.note("\(path) lists a name twice") }
        var seen = names.count
        for name in names {
            let child = path.isEmpty ? name : path + "/" + name
            if child.hasSuffix("/") {
                seen += recurse(tree, String(child.dropLast()), complaints)
            } else if !child.hasSuffix("trace") && !child.contains("trace_pipe") {
                _ = complaints.attempt("cat \(child)") {
                    let node = try tree.node(child)
                    guard node.declaration.content == .attribute, node.declaration.mode & 0o444 != 0 else { return }
                    var out = ByteBuffer()
                    try node.readText(into: &out)
                }
            }
        }
        return seen
    }

    @Test func `instances come and go under a recursion through all of them`() throws {
        let tree = try TraceTree()
        let (complaints, done) = (Complaints(), Flag())
        var walkers = Threads()
        let seen = Locked(0)
        for _ in 0..<2 {
            walkers.start {
                while !done.isUp {
                    let count = Self.recurse(tree, "", complaints)
                    seen.withLock { $0 += count }
                }
            }
        }
        var makers = Threads()
        for number in 0..<2 {
            makers.start {
                for index in 0..<150 {
                    let name = "i\((index * 3 + number) % 5)"
                    _ = complaints.attempt("mkdir \(name)") { try tree.make(name) }
                    _ = complaints.attempt("enable") { try tree.write("instances/\(name)/events/shop/enable", "1") }
                    _ = complaints.attempt("rmdir") { try tree.remove("instances/i\((index * 7 + number) % 5)") }
                }
            }
        }
        makers.join()
        done.raise()
        walkers.join()
        #expect(complaints.all == [])
        #expect(seen.withLock { $0 } > 0)
        for name in try tree.names("instances") { try tree.remove("instances/" + name.dropLast()) }
        #expect(tree.engine.activeInstanceCount == 0)
        #expect(tree.engine.mappedBytes == 0)
        tree.engine.catalogue.checkInvariants()
    }

    @Test func `every stream ends with its instance, whenever it was opened`() throws {
        let tree = try TraceTree()
        let complaints = Complaints()
        let opened = Locked(0)
        let ended = Locked(0)
        for round in 0..<40 {
            try tree.make("raced")
            try tree.write("instances/raced/events/enable", "1")
            let removed = Flag()
            var threads = Threads()
            for path in ["trace_pipe", "per_cpu/cpu0/trace_pipe", "per_cpu/cpu1/trace_pipe", "trace"] {
                threads.start {
                    while true {
                        let stream = complaints.attempt("open \(path)") {
                            try tree.node("instances/raced/" + path)
                                .open(ReadRequest(form: .text, caller: tree.caller))
                        }
                        guard let stream else {
                            // Another reader has the pipe, or the instance has gone.
                            if removed.isUp { return }
                            sched_yield()
                            continue
                        }
                        opened.withLock { $0 += 1 }
                        let woken = Locked(0)
                        stream.onReadable { woken.withLock { $0 += 1 } }
                        var out = ByteBuffer()
                        reading: while true {
                            let before = woken.withLock { $0 }
                            switch stream.read(into: &out, limit: 4096) {
                            case .more: out.removeAll()
                            case .wouldBlock: while woken.withLock({ $0 }) == before { sched_yield() }
                            default: break reading
                            }
                        }
                        stream.close()
                        ended.withLock { $0 += 1 }
                        if removed.isUp { return }
                    }
                }
            }
            threads.start {
                for _ in 0..<50 {
                    _ = complaints.attempt("marker") { try tree.write("instances/raced/trace_marker", "x") }
                }
            }
            if round % 2 == 0 { usleep(500) }
            try tree.remove("instances/raced")
            removed.raise()
            threads.join()
        }
        #expect(complaints.all == [])
        #expect(opened.withLock { $0 } == ended.withLock { $0 })
        #expect(tree.engine.mappedBytes == 0)
    }

    @Test func `enabling races with removal, and leaves nothing enabled`() throws {
        let tree = try TraceTree()
        let complaints = Complaints()
        var threads = Threads()
        for number in 0..<3 {
            threads.start {
                for index in 0..<300 {
                    let instance = "instances/r\((index + number) % 3)"
                    _ = complaints.attempt("mkdir") { try tree.make("r\(index % 3)") }
                    for path in ["events/shop/order/enable", "events/shop/enable", "events/enable"] {
                        _ = complaints.attempt(path) {
                            try tree.write(instance + "/" + path, index % 3 == 0 ? "0" : "1")
                        }
                    }
                    _ = complaints.attempt("trigger") {
                        try tree.write(instance + "/events/shop/order/trigger", "enable_event:jit:ping", appends: true)
                    }
                    if index % 5 == number { _ = complaints.attempt("rmdir") { try tree.remove(instance) } }
                }
            }
        }
        threads.join()
        #expect(complaints.all == [])
        for name in try tree.names("instances") { try tree.remove("instances/" + name.dropLast()) }
        for event in tree.engine.catalogue.snapshot.systems.flatMap(\.events) { #expect(event.enabledCount == 0) }
        #expect(tree.engine.activeInstanceCount == 0)
        #expect(tree.engine.mappedBytes == 0)
    }

    @Test func `the format of a user event that comes and goes is its own, or not there`() throws {
        let tree = try TraceTree()
        let (complaints, done) = (Complaints(), Flag())
        let reads = Locked(0)
        var readers = Threads()
        for number in 0..<2 {
            readers.start {
                while !done.isUp {
                    // The node is held across removals: what CVE-2024-43891 was about.
                    guard let node = complaints.attempt("walk", { try tree.node("events/user_events/gone/format") })
                    else { continue }
                    for _ in 0..<5 {
                        let text = complaints.attempt("cat format") {
                            var out = ByteBuffer()
                            try node.readText(into: &out)
                            return out.text
                        }
                        guard let text else { break }
                        reads.withLock { $0 += 1 }
                        let isWhole = text.contains("name: gone\n") && text.contains("print fmt:")
                        if !isWhole { complaints.note("reader \(number): \(text)") }
                    }
                }
            }
        }
        var writers = Threads()
        writers.start {
            for index in 0..<400 {
                _ = complaints.attempt("define") {
                    try tree.write("dynamic_events", "u:gone u32 a\(index % 4)", appends: true)
                }
                _ = complaints.attempt("enable") { try tree.write("events/user_events/gone/enable", "1") }
                _ = complaints.attempt("disable") { try tree.write("events/user_events/gone/enable", "0") }
                _ = complaints.attempt("remove") {
                    try tree.write("dynamic_events", "-:user_events/gone", appends: true)
                }
            }
        }
        writers.join()
        done.raise()
        readers.join()
        #expect(complaints.all == [])
        #expect(throws: Failure.self) { try tree.node("events/user_events/gone/format") }
        tree.engine.catalogue.checkInvariants()
    }
}
