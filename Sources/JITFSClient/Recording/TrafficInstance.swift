internal import Bytes
internal import Glibc
internal import SwapReplay

/// A tracing instance of a recorder's own, in which nothing but the traffic of pages is enabled.
struct TrafficInstance {
    private let client: Client
    private let path: RemotePath

    /// Makes one, with the events of pages that the server has.
    ///
    /// - Throws: a complaint; nothing is left of it then.
    init(_ client: Client) throws {
        self.client = client
        let instances = try RemotePath("/tracing/instances")
        let name = Self.name
        var request = Request(method: "POST", path: instances, form: .json)
        var body = ByteBuffer()
        body.append(json: .object([JSONValue.Member(name: "name", value: .string(name))]))
        request.body = Request.Body(bytes: body.array, type: "application/json")
        _ = try client.fetch(request)
        path = instances.child(name)
        do {
            try write(Self.clock, to: path.child("trace_clock"))
            for kind in TrafficOperation.Kind.allCases { try enable(kind) }
        } catch {
            remove()
            throw error
        }
    }

    /// No other recorder's, on whatever machine it runs: the number of the process and the time.
    private static var name: String { "record-\(getpid())-\(String(unixNanoseconds, radix: 36))" }

    /// Nanoseconds since 1970.
    static var unixNanoseconds: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(time.tv_sec, 0)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func enable(_ kind: TrafficOperation.Kind) throws {
        let event = path.child("events").child(TrafficLine.system).child("page_\(kind.name)")
        do {
            try write("1", to: event.child("enable"))
        } catch let complaint as Complaint {
            // A server of before there was a backing store tells of no spills.
            if kind == .spill, complaint.reason.hasPrefix("ENOENT:") { return }
            throw complaint
        }
    }

    private func write(_ text: String, to path: RemotePath) throws {
        var request = Request(method: "PUT", path: path, form: .json)
        request.body = Request.Body(bytes: Array(text.utf8), type: "application/octet-stream")
        _ = try client.fetch(request)
    }

    /// The name of the clock by which it tells the time: nanoseconds that neither stop nor leap.
    static let clock = "mono"

    /// Ends what is told: everything from before can be read then.
    func disable() throws { try write("0", to: path.child("events").child(TrafficLine.system).child("enable")) }

    /// Reads events for a time, as they come.
    ///
    /// - Parameters:
    ///   - seconds: 0 for what is there.
    ///   - take: is given each piece, and says whether it wants more.
    /// - Returns: whether anything came.
    /// - Throws: a complaint, and what `take` throws.
    func read(seconds: Int, _ take: ([UInt8]) throws -> Bool) throws -> Bool {
        var request = Request(path: path.child("trace_pipe"), form: .json)
        request.query = [("timeout", "\(seconds)")]
        var hasCome = false
        for attempt in 0... {
            do {
                try client.read(request) { piece in
                    hasCome = true
                    return try take(piece)
                }
                break
            } catch let complaint as Complaint {
                // The reader before was this one, and the server has not noticed yet that it is gone.
                guard complaint.reason.hasPrefix("EBUSY:"), attempt < 100 else { throw complaint }
                usleep(20_000)
            }
        }
        return hasCome
    }

    /// Removes it, with all that is in it. Where that fails it is gone already, or nobody answers.
    func remove() { _ = try? client.fetch(Request(method: "DELETE", path: path, form: .json)) }
}
