internal import ArgumentParser
internal import Bytes
internal import SwapReplay
internal import SystemPackage

/// `jitfs record`: the traffic of a pool, into a file.
struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record the traffic of a page pool, for jitfs replay.",
        discussion: """
            Each put, get, discard and spill of the pool is kept, with its sector, compressed length, time and duration, in \
            some ten bytes. It ends with Ctrl-C, after --count operations, or when the server stops. What is recorded is what \
            the pool's tracepoints tell, through a tracing instance of its own that is removed at the end. Where the \
            pool is faster than the recorder events are lost, which the recording says where it happened.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("The pool.", valueName: "name"))
    var pool: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file; one that is there is replaced, and - is standard output. Default: NAME.recording, here.",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("End after so many operations.", valueName: "n"))
    var count: UInt64?

    func validate() throws {
        if count == 0 { throw ValidationError("--count is 1 or more") }
        if pool.isEmpty || pool.contains("/") { throw ValidationError("--pool is the name of a pool") }
    }

    func run() throws {
        try Complaint.reporting {
            let client = try Client(server)
            // Nothing is made for a pool that is not there.
            let place = try RemotePath("/pool").child(pool).child("disksize")
            _ = try client.fetch(Request(path: place, form: .json))
            let file = try OutputFile(output ?? "\(pool).recording")
            Interruption.listen()
            let instance = try TrafficInstance(client)
            defer { instance.remove() }
            try record(instance, into: file)
        }
    }

    private func record(_ instance: TrafficInstance, into file: OutputFile) throws {
        let header = RecordingHeader(
            pool: pool, clock: TrafficInstance.clock, startedUnixNanoseconds: TrafficInstance.unixNanoseconds,
            recorder: "jitfs \(Jitfs.configuration.version)")
        do {
            var writer = try RecordingWriter(header) { bytes throws(Errno) in try file.write(bytes) }
            var complaint: Complaint?
            do {
                try follow(instance, &writer)
            } catch let failure as Complaint {
                // What was recorded until then is a whole recording.
                complaint = failure
            }
            let (operations, lost, gaps) = (writer.operationCount, writer.lostCount, writer.gapCount)
            try writer.finish()
            StandardError.write(
                Complaint.printable("jitfs: \(operations) operations of \(pool) recorded, \(lost) events lost")
                    + (gaps > 0 ? " at \(gaps) places\n" : "\n"))
            if let complaint { throw complaint }
        } catch let error as Errno {
            throw Complaint(file.path, OutputFile.reason(error))
        }
    }

    /// Reads until it is enough. In turns of a second: between them what came is written, and a signal is looked for.
    private func follow(_ instance: TrafficInstance, _ writer: inout RecordingWriter) throws {
        var lines = LineSplitter()
        var isStopping = false
        while true {
            if Interruption.hasCome, !isStopping {
                isStopping = true
                try instance.disable()
            }
            let hasCome = try instance.read(seconds: isStopping ? 0 : 1) { piece in
                try lines.split(piece) { line in try take(line, &writer) }
            }
            try writer.endBlock()
            if isFull(writer) || isStopping && !hasCome { return }
        }
    }

    private func isFull(_ writer: borrowing RecordingWriter) -> Bool { writer.operationCount >= count ?? .max }

    /// - Returns: whether more is wanted.
    private func take(_ line: Span<UInt8>, _ writer: inout RecordingWriter) throws -> Bool {
        switch TrafficLine(line) {
        case .operation(let operation, let name): if name == pool { try writer.append(operation) }
        case .lost(let count): try writer.append(lost: count)
        case .other: break
        case nil: throw Complaint("/tracing", "EPROTO: what came is no event")
        }
        return !isFull(writer)
    }
}
