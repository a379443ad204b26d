import Bytes
import Glibc
import JITFSTestSupport
import Locking
import PseudoFS
import Synchronization
import SystemPackage
import Testing

@testable import HostFS

@Suite("Waiting for what may never come")
struct WaitingTests {
    /// A pipe, whose reading end is a stream's file.
    private struct Pipe {
        let file: Descriptor
        let writer: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            file = try Descriptor.file("/proc/self/fd/\(ends[0])", DescriptorBudget(countMax: 100))
                .reopen(O_RDONLY | O_NONBLOCK)
            close(ends[0])
            writer = ends[1]
        }

        func put(_ text: String) {
            let bytes = Array(text.utf8)
            _ = unsafe write(writer, bytes, bytes.count)
        }
    }

    private func request(_ form: Form, count: UInt64? = nil, timeout: Double? = nil) -> ReadRequest {
        var arguments = Arguments()
        if let count { arguments.add("count", .integer(count)) }
        if let timeout { arguments.add("timeout", .seconds(timeout)) }
        return ReadRequest(form: form, arguments: arguments)
    }

    @Test func `lines come as they are, and as NDJSON, and the stream waits in between`() throws {
        let cases = [
            (Form.text, "one\ntw\"o\n"), (.ndjson, "{\"value\":\"one\"}\n{\"value\":\"tw\\\"o\"}\n"),
        ]
        for (form, expected) in cases {
            let pipe = try Pipe()
            let waits = StreamPoll()
            let stream = HostStream(pipe.file, waits, isLate: false, request(form))
            let bell = Bell()
            stream.onReadable { bell.ring() }
            var out = ByteBuffer()
            #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
            pipe.put("one\ntw")
            bell.wait()
            #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
            pipe.put("\"o\n")
            bell.wait()
            #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
            #expect(out.text == expected)
            close(pipe.writer)
            bell.wait()
            #expect(stream.read(into: &out, limit: 4096) == .end)
            stream.close()
            waits.close()
        }
    }

    @Test func `what comes before it is known whom to wake is not lost`() throws {
        let pipe = try Pipe()
        let waits = StreamPoll()
        let stream = HostStream(pipe.file, waits, isLate: false, request(.text))
        var out = ByteBuffer()
        #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
        pipe.put("line\n")
        let bell = Bell()
        stream.onReadable { bell.ring() }
        bell.wait()
        #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
        #expect(out.text == "line\n")
        stream.close()
        close(pipe.writer)
    }

    @Test func `a stream that is closed leaves nobody waiting, however often it was read`() throws {
        let pipe = try Pipe()
        let waits = StreamPoll()
        let stream = HostStream(pipe.file, waits, isLate: false, request(.text))
        var out = ByteBuffer()
        for _ in 0..<3 { #expect(stream.read(into: &out, limit: 4096) == .wouldBlock) }
        #expect(waits.waiterCount == 1)
        stream.close()
        #expect(waits.waiterCount == 0)
        #expect(stream.read(into: &out, limit: 4096) == .end)
        close(pipe.writer)
    }

    @Test func `with a count no more is taken than so many lines`() throws {
        let pipe = try Pipe()
        let waits = StreamPoll()
        for number in 0..<100 { pipe.put("line \(number)\n") }
        let first = HostStream(pipe.file, waits, isLate: false, request(.text, count: 30))
        var out = ByteBuffer()
        while first.read(into: &out, limit: 4096) == .more {}
        first.close()
        #expect(out.text == (0..<30).map { "line \($0)\n" }.joined())
        let second = HostStream(pipe.file, waits, isLate: false, request(.ndjson, timeout: 0))
        var rest = ByteBuffer()
        #expect(second.read(into: &rest, limit: 1 << 20) == .wouldBlock)
        #expect(rest.text.split(separator: "\n").count == 70)
        #expect(rest.text.hasPrefix("{\"value\":\"line 30\"}\n"))
        second.close()
        close(pipe.writer)
    }

    @Test func `one thread waits for many streams, and ends with the trees`() throws {
        let waits = StreamPoll()
        let pipes = try (0..<20).map { _ in try Pipe() }
        let bells = pipes.map { _ in Bell() }
        var streams: [HostStream] = []
        for (pipe, bell) in zip(pipes, bells) {
            let stream = HostStream(pipe.file, waits, isLate: streams.count.isMultiple(of: 2), request(.text))
            stream.onReadable { bell.ring() }
            var out = ByteBuffer()
            #expect(stream.read(into: &out, limit: 4096) == .wouldBlock)
            streams.append(stream)
        }
        for index in [7, 3, 12] {
            pipes[index].put("\(index)\n")
            var out = ByteBuffer()
            repeat {
                bells[index].wait()
                _ = streams[index].read(into: &out, limit: 4096)
            } while out.isEmpty
            #expect(out.text == "\(index)\n")
        }
        for stream in streams { stream.close() }
        waits.close()
        #expect(throws: Failure.self) { try waits.wait(for: pipes[0].file, as: 1, isLate: false) {} }
        for pipe in pipes { close(pipe.writer) }
    }

    @Test func `a call that hangs is given up, and too many are begun no more`() throws {
        let errands = Errands(seconds: 0)
        let release = Bell()
        var failures: [Errno] = []
        for _ in 0..<(Errands.hungMax + 3) {
            do throws(Failure) {
                try errands.run { () throws(Failure) in release.wait() }
            } catch {
                failures.append(error.errno)
            }
        }
        #expect(failures.prefix(Errands.hungMax).allSatisfy { $0 == .timedOut })
        #expect(failures.dropFirst(Errands.hungMax) == [.tooManyOpenFiles, .tooManyOpenFiles, .tooManyOpenFiles])
        #expect(errands.hungCount == Errands.hungMax)
        #expect(errands.refused.value == UInt64(Errands.hungMax) + 3)
        errands.checkInvariants()
        for _ in 0..<Errands.hungMax { release.ring() }
        while errands.hungCount > 0 { sched_yield() }
        errands.checkInvariants()
        errands.close()
    }

    @Test func `calls of many threads each get their own answer`() throws {
        let errands = Errands(seconds: 60)
        let wrong = Atomic<Int>(0)
        var threads = Threads()
        for thread in 0..<4 {
            threads.start {
                for number in 0..<300 {
                    do throws(Failure) {
                        let answer = try errands.run { () throws(Failure) in
                            if number % 7 == 0 { throw Failure(.noSuchFileOrDirectory) }
                            return thread * 1000 + number
                        }
                        if answer != thread * 1000 + number { wrong.add(1, ordering: .relaxed) }
                    } catch {
                        if number % 7 != 0 { wrong.add(1, ordering: .relaxed) }
                    }
                }
            }
        }
        threads.join()
        #expect(wrong.load(ordering: .relaxed) == 0)
        errands.checkInvariants()
        errands.close()
        let over = #expect(throws: Failure.self) { try errands.run { () throws(Failure) in } }
        #expect(over?.errno == .tooManyOpenFiles)
    }

    @Test func `a file that had nothing to read is a stream from then on`() throws {
        let fixture = try HostFixture { try put($0 + "/file", "") }
        let node = try fixture.node("/file")
        #expect(node.declaration.content == .attribute)
        let tree = try #require(fixture.trees.trees.first)
        let found = try tree.resolve(Array("file".utf8))
        tree.remember(stream: found.status.identity)
        let stream = try fixture.node("/file").declaration
        #expect(stream.content == .stream)
        #expect(stream.readAuthority == .write)
    }

    @Test func `the kernel's log is a stream, which needs the authority to write`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/proc"))
        let log = try fixture.node("/kmsg").declaration
        #expect(log.content == .stream)
        #expect(log.readAuthority == .write)
        #expect(log.verbs == .read)
        #expect(!log.isWatchable)
        #expect(HostKind.lines == kind("trace_pipe") && HostKind.bytes == kind("trace_pipe_raw"))
        #expect(HostKind.attribute == kind("trace"))
    }

    private func kind(_ name: String) -> HostKind {
        var status = stat()
        status.st_mode = S_IFREG | 0o444
        return HostKind(FileStatus(status), on: .tracefs, name: Array(name.utf8))
    }
}
