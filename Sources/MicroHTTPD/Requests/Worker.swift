import Bytes
import HTTPGateway
import Synchronization

/// What one server thread uses again for each request: a GET allocates nothing of ours.
///
/// Everything but the counter belongs to that thread.
final class Worker: @unchecked Sendable {
    // Sendable: found only through a connection, by the one thread that serves it; `requests` is atomic.

    // Two cache lines at each end: workers are made one behind the other, and each writes to itself at every request.
    private let before = InlineArray<16, UInt64>(repeating: 0)
    /// The thread's number, from 0: the lane of the node cache.
    let lane: Int
    /// Head and reply.
    var scratch = Scratch()
    /// Heads read.
    let requests = Atomic<UInt64>(0)
    private var spare: [Upload] = []
    private let behind = InlineArray<16, UInt64>(repeating: 0)
    private static var spareMax: Int { 16 }

    init(lane: Int) {
        self.lane = lane
        spare.reserveCapacity(Self.spareMax)
    }

    /// Counts a request.
    func countRequest() {
        requests.store(requests.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// A place for a request with a body.
    func makeUpload() -> Upload { spare.popLast() ?? Upload() }

    /// Takes it back.
    func recycle(_ upload: Upload) {
        guard spare.count < Self.spareMax else { return }
        upload.clear()
        spare.append(upload)
    }
}

/// A head and a reply: taken in hand once a call, for the language checks each access to a class's variable.
struct Scratch: ~Copyable {
    /// The head that was read last.
    var head = RequestHead()
    /// Whose head that is: connections and requests are counted, so that two are never taken for one.
    var owner = (connection: UInt64(0), request: UInt64(0))
    /// The reply that is made.
    var reply = Reply()

    /// Whether the head is that of the request that a connection is at.
    func isHead(of client: Connection) -> Bool { owner == (client.serial, client.requestCount) }
}

/// A request whose body is being received. It has a head of its own, for others may come in between.
final class Upload {
    /// The request's head.
    var head = RequestHead()
    /// What becomes of the body.
    var way = BodyWay.collected
    /// What is missing of a body that is passed on, where its length was declared.
    var missing: Int?
    /// The body so far, where it is collected.
    var body = ByteBuffer(capacity: 4096)
    /// What came beyond the limit, and was thrown away.
    var excess = 0

    /// Makes it ready for another.
    func clear() {
        way = .collected
        body.removeAll()
        body.shrink(to: 65536)
        excess = 0
    }
}

/// What becomes of a body.
enum BodyWay {
    /// It is collected, for the request is answered once it is whole.
    case collected
    /// It is passed on as it comes.
    case passedOn(any BodyReceiver)
    /// No more of it is wanted; the little that is missing is thrown away, and then the answer goes out.
    case refused(any BodyReceiver)
    /// No more of it is wanted, and the answer has gone out; what still comes is thrown away.
    case answered
}
