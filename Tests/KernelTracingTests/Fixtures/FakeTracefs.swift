internal import Glibc
internal import Locking
internal import SystemPackage
internal import Testing

@testable internal import KernelTracing

/// A tracefs without a kernel: files are texts in a table, a CPU's `trace_pipe_raw` is a pipe into which a test puts
/// pages, and any file refuses to be written if it is told to.
final class FakeTracefs: Tracefs {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var instances: Set<String> = []
        var refusals: [String: Errno] = [:]
        /// The ends of the pipes: one to read from, one to write to, a CPU.
        var pipes: [(out: Int32, into: Int32)] = []
        var writes: [String] = []
        var overruns: [UInt64] = []
    }

    private let state: Locked<State>
    let cpus: Int

    init(cpus: Int = 2) {
        self.cpus = cpus
        var state = State()
        for _ in 0..<cpus {
            var ends: [Int32] = [-1, -1]
            _ = unsafe pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            state.pipes.append((ends[0], ends[1]))
        }
        state.overruns = [UInt64](repeating: 0, count: cpus)
        state.files["events/header_page"] = Array(PageBuilder.header.utf8)
        state.files["available_events"] = []
        self.state = Locked(state)
    }

    deinit {
        state.withLock { state in
            for pipe in state.pipes {
                close(pipe.out)
                close(pipe.into)
            }
        }
    }

    // MARK: what a test does to it

    /// Adds an event with one field of four bytes, `value`.
    func addEvent(_ path: String, type: UInt16) {
        let (system, name) = (path.prefix { $0 != "/" }, path.drop { $0 != "/" }.dropFirst())
        let format = """
            name: \(name)
            ID: \(type)
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:u32 value;\toffset:8;\tsize:4;\tsigned:0;

            print fmt: "value=%u", REC->value

            """
        state.withLock { state in
            state.files["events/\(path)/format"] = Array(format.utf8)
            state.files["events/\(path)/id"] = Array("\(type)\n".utf8)
            let line = Array("\(system):\(name)\n".utf8)
            if let list = state.files["available_events"],
                !String(decoding: list, as: UTF8.self).contains("\(system):\(name)\n")
            {
                state.files["available_events"] = list + line
            }
        }
    }

    func removeEvent(_ path: String) {
        state.withLock { state in
            state.files["events/\(path)/format"] = nil
            state.files["events/\(path)/id"] = nil
            let line = path.replacing("/", with: ":") + "\n"
            let list = String(decoding: state.files["available_events"] ?? [], as: UTF8.self)
            state.files["available_events"] = Array(list.replacing(line, with: "").utf8)
        }
    }

    func set(_ path: String, _ text: String?) { state.withLock { $0.files[path] = text.map { Array($0.utf8) } } }

    /// From now on what ends so is refused; nil lets it be again.
    func refuse(_ suffix: String, with errno: Errno?) { state.withLock { $0.refusals[suffix] = errno } }

    func addInstance(_ name: String) { _ = state.withLock { $0.instances.insert(name) } }

    func set(overrun: UInt64, cpu: Int) { state.withLock { $0.overruns[cpu] = overrun } }

    /// Puts a page where the kernel would.
    func put(_ page: [UInt8], cpu: Int = 0) {
        let into = state.withLock { $0.pipes[cpu].into }
        #expect(unsafe Glibc.write(into, page, page.count) == page.count, "the pipe is full")
    }

    // MARK: what a test asks it

    var instances: Set<String> { state.withLock { $0.instances } }

    /// The paths of events that are enabled in any instance: `sched/sched_switch`.
    var enabled: Set<String> {
        state.withLock { state in
            var found: Set<String> = []
            for (path, text) in state.files where path.hasPrefix("instances/") && path.hasSuffix("/enable") {
                if text == [0x31] {
                    found.insert(path.split(separator: "/").dropFirst(3).dropLast().joined(separator: "/"))
                }
            }
            return found
        }
    }

    /// The paths of all that was written, relative to an instance.
    var written: [String] { state.withLock { $0.writes } }

    // MARK: Tracefs

    private func check(_ path: String, _ state: State) throws(Errno) {
        for (suffix, errno) in state.refusals where path.hasSuffix(suffix) { throw errno }
        if path.hasPrefix("instances/"), let name = path.split(separator: "/").dropFirst().first,
            !state.instances.contains(String(name))
        {
            throw .noSuchFileOrDirectory
        }
    }

    func read(_ path: String) throws(Errno) -> [UInt8] {
        try state.withLock { state throws(Errno) in
            try check(path, state)
            if path.hasSuffix("/stats"), let cpu = path.split(separator: "/").dropLast().last?.last?.wholeNumberValue {
                return Array("entries: 0\noverrun: \(state.overruns[cpu])\ncommit overrun: 0\n".utf8)
            }
            let shared = path.hasSuffix("events/header_page") ? "events/header_page" : path
            guard let bytes = state.files[shared] else { throw .noSuchFileOrDirectory }
            return bytes
        }
    }

    func write(_ text: String, to path: String) throws(Errno) {
        try state.withLock { state throws(Errno) in
            // As in the kernel: what may not be turned on may be turned off.
            let isTurnedOff = path.hasSuffix("/enable") && text == "0"
            do throws(Errno) { try check(path, state) } catch {
                if !isTurnedOff || error != .notPermitted { throw error }
            }
            state.files[path] = Array(text.utf8)
            state.writes.append(path)
        }
    }

    func names(in path: String) throws(Errno) -> [String] {
        try state.withLock { state throws(Errno) in
            try check(path, state)
            if path == "instances" { return state.instances.sorted() }
            return (0..<cpus).map { "cpu\($0)" }
        }
    }

    func makeDirectory(_ path: String) throws(Errno) {
        try state.withLock { state throws(Errno) in
            let name = String(path.dropFirst(10))
            if let errno = state.refusals["instances/"] { throw errno }
            guard state.instances.insert(name).inserted else { throw .fileExists }
        }
    }

    func removeDirectory(_ path: String) throws(Errno) {
        try state.withLock { state throws(Errno) in
            try check(path, state)
            state.instances.remove(String(path.dropFirst(10)))
            for file in state.files.keys where file.hasPrefix(path + "/") { state.files[file] = nil }
        }
    }

    func open(_ path: String) throws(Errno) -> Int32 {
        try state.withLock { state throws(Errno) in
            try check(path, state)
            if path.hasSuffix("trace_pipe_raw"),
                let cpu = path.split(separator: "/").dropLast().last?.last?.wholeNumberValue
            {
                return dup(state.pipes[cpu].out)
            }
            // Neither is ever read.
            return unsafe Glibc.open("/dev/null", O_WRONLY)
        }
    }
}
