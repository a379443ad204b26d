import Bytes
import HTTPGateway
import Synchronization

/// One connection, from accept to close.
///
/// Its request state belongs to the one thread that libmicrohttpd gave the connection to, for the connection's life;
/// the sweep's state to whoever holds the table's lock.
final class Connection: @unchecked Sendable {
    // Sendable: constants are set before the connection is handed over; `progress`, `bodyBlocks`, `isHeld`, `isClosed` and what is in
    // `notes` are atomic;
    // the fields under "server thread" are touched by that thread only, those under "sweep" under ConnectionTable's lock.

    /// Where in the life of a request a connection stands: the low two bits of `progress`.
    enum Phase: UInt64 {
        /// Nothing came yet, or part of a request's line.
        case waiting = 0
        /// The line is there; the headers or the body are not.
        case receiving = 1
        /// The answer is being made or sent.
        case responding = 2
    }

    /// What is to happen to it.
    enum Verdict: Sendable {
        case serve, refuse
    }

    /// The socket. Valid while the table holds the connection.
    let descriptor: Int32
    /// 2 for the server's first: 1 is the task that every system begins with.
    let serial: UInt64
    /// How it came.
    let transport: Peer.Transport
    /// From where; nil for unix sockets.
    let address: PeerAddress?
    /// Its CPU lane.
    let cpu: Int
    /// Whether its listener is open to other machines.
    let isPublicListener: Bool
    /// Whether its first request is answered, or only told that it is one too many.
    let verdict: Verdict
    /// When it was accepted, in nanoseconds of CLOCK_MONOTONIC.
    let startedAt: UInt64
    /// Requests done, times four, plus the phase.
    let progress = Atomic<UInt64>(0)
    /// Blocks of ``bodyBlockBytes`` that came of bodies which are passed on: each begins the time for the next.
    let bodyBlocks = Atomic<UInt64>(0)
    /// Whether it is given to a stream.
    let isHeld = Atomic<Bool>(false)
    /// Whether it is over for whoever looks: out of the table, or told to end.
    let isClosed = Atomic<Bool>(false)
    /// What others may see of its requests.
    let notes = ConnectionNotes()

    // Server thread.
    /// The worker of its thread, once it got there.
    var worker: Worker?
    /// The target of the request being received, raw.
    var target = ByteBuffer(capacity: 64)
    /// What is expected next of libmicrohttpd.
    var step = RequestStep.line
    /// How much body is admitted.
    var bodyBytesMax = 0
    /// The request with a body that is being received.
    var upload: Upload?
    private var bodyBytes = 0

    // Sweep.
    var sweptProgress: UInt64 = .max
    var sweptBlocks: UInt64 = 0
    var sweptAt: UInt64 = 0
    var bytesWhenIdle: UInt64 = 0
    var lineStartedAt: UInt64 = 0
    /// Whether it is left alone until its first byte, its deadline, or, having been cut, its end.
    var isIdle = false
    /// Whether its descriptor is watched for a byte, and whether nothing was told of it since.
    var isWatched = false
    var isWatchNew = false
    var wasCut = false

    init(
        descriptor: Int32, serial: UInt64, transport: Peer.Transport, address: PeerAddress?, cpu: Int,
        isPublicListener: Bool, verdict: Verdict, startedAt: UInt64
    ) {
        self.descriptor = descriptor
        self.serial = serial
        self.transport = transport
        self.address = address
        self.cpu = cpu
        self.isPublicListener = isPublicListener
        self.verdict = verdict
        self.startedAt = startedAt
        sweptAt = startedAt
    }

    /// Requests that were answered.
    var requestCount: UInt64 { progress.load(ordering: .relaxed) >> 2 }

    /// Goes on to another phase of the same request. Server thread.
    func enter(_ phase: Phase) {
        let now = progress.load(ordering: .relaxed)
        progress.store(now & ~3 | phase.rawValue, ordering: .relaxed)
    }

    /// Of a body that is passed on, so much has to come within the time that a request has.
    private static var bodyBlockBytes: Int { 65536 }

    /// Counts what came of a body that is passed on. Server thread.
    func countBody(_ bytes: Int) {
        bodyBytes += bytes
        if bodyBytes < Self.bodyBlockBytes { return }
        bodyBytes %= Self.bodyBlockBytes
        bodyBlocks.store(bodyBlocks.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Is done with a request. Server thread.
    func finishRequest() {
        step = .line
        if let upload {
            self.upload = nil
            switch upload.way {
            case .passedOn(let receiver), .refused(let receiver): receiver.abandon()
            case .collected, .answered: break
            }
            worker?.recycle(upload)
        }
        let now = progress.load(ordering: .relaxed)
        progress.store((now & ~3) + 4, ordering: .relaxed)
    }
}

/// What comes next in a request, as libmicrohttpd calls for it.
enum RequestStep: Sendable {
    /// The request's line.
    case line
    /// The handler's first call, with the head.
    case head
    /// Calls with pieces of a body, then the last one.
    case body
    /// The last call of a request without a body.
    case answer
    /// The last call of a request without a body that was refused in the first: the answer waits in the worker.
    case refusal
    /// An answer is queued: nothing more.
    case done
}
