import Bytes
import CMicroHTTPD
import Glibc
import HTTPGateway
import Synchronization

// What libmicrohttpd calls, on its own threads. Functions and not closures: a closure in a program's top-level code would be
// taken for one of the main actor, and trap.

typealias CompletedCallback =
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UInt32
    ) -> Void
typealias ConnectionCallback = CompletedCallback
typealias LineCallback =
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
    ) -> UnsafeMutableRawPointer?
typealias UnescapeCallback =
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?
    ) -> Int

private func service(_ context: UnsafeMutableRawPointer?) -> Service {
    unsafe Unmanaged<Service>.fromOpaque(context!).takeUnretainedValue()
}

private func client(_ context: UnsafeMutableRawPointer) -> Connection {
    // The table keeps it, until the connection's end has been told.
    unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
}

/// A connection begins or ends on its server thread.
func connectionChanged(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: UInt32
) {
    guard let connection = unsafe connection, let slot = unsafe slot else { return }
    let service = unsafe service(context)
    if code == 0 {  // MHD_CONNECTION_NOTIFY_STARTED
        let descriptor = unsafe jitfs_connection_descriptor(connection)
        guard let entered = service.connections.connection(at: descriptor) else { return }
        entered.worker = service.workerOfThisThread()
        unsafe slot.pointee = unsafe Unmanaged.passUnretained(entered).toOpaque()
    } else if let known = unsafe slot.pointee {
        unsafe slot.pointee = nil
        service.connections.remove(unsafe client(known))
        service.connectionsChanged()
        if service.watcher.isShortOfDescriptors.load(ordering: .relaxed) { service.watcher.poke() }
    }
}

/// A request's line is there; the target is shown whole, and about to be cut to pieces.
func requestLineRead(
    context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let known = unsafe jitfs_connection_context(connection) else { return nil }
    let client = unsafe client(known)
    client.target.removeAll()
    if let target = unsafe target { unsafe client.target.append(bytes(target)) }
    client.notes.note(target: client.target)
    client.step = .head
    client.enter(.receiving)
    return unsafe known
}

/// Leaves targets as they were sent: `%2F` is not a slash.
func leaveEscaped(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, text: UnsafeMutablePointer<CChar>?
) -> Int {
    unsafe text.map { unsafe strlen($0) } ?? 0
}

/// The access handler.
func handleRequest(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, data: UnsafePointer<CChar>?,
    size: UnsafeMutablePointer<Int>?, request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let connection = unsafe connection, let known = unsafe request?.pointee, let method = unsafe method else {
        return .NO
    }
    let client = unsafe client(known)
    guard let worker = client.worker else { return .NO }
    let exchange = unsafe Exchange(
        service: service(context), client: client, worker: worker, connection: connection, method: method)
    if let size = unsafe size, unsafe size.pointee > 0, let data = unsafe data {
        let piece = unsafe UnsafeBufferPointer(start: data, count: size.pointee)
        unsafe size.pointee = 0
        return unsafe piece.withMemoryRebound(to: UInt8.self) { piece in
            unsafe exchange.takeBody(Span(_unsafeElements: piece), &worker.scratch)
        }
    }
    return exchange.goOn(&worker.scratch)
}

/// A request is over, in whatever way.
func requestCompleted(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    request: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: UInt32
) {
    guard let known = unsafe request?.pointee else { return }
    unsafe request?.pointee = nil
    unsafe client(known).finishRequest()
}

/// libmicrohttpd refuses a request by itself.
func countOwnAnswer(context: UnsafeMutableRawPointer?, status: UInt32) {
    unsafe service(context).refusals.countOwnAnswer(status: status)
}

/// More of a stream is wanted.
func readStream(
    context: UnsafeMutableRawPointer?, position: UInt64, target: UnsafeMutablePointer<CChar>?, count: Int
) -> Int {
    guard let context = unsafe context, let target = unsafe target else { return -2 }
    return unsafe Unmanaged<HeldStream>.fromOpaque(context)._withUnsafeGuaranteedRef { stream in
        unsafe stream.next(into: target, count: count)
    }
}

/// A stream's reply is let go of.
func freeStream(context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<HeldStream>.fromOpaque(context).takeRetainedValue().finish()
}

/// The bytes of a C string.
@_lifetime(immortal)
func bytes(_ string: UnsafePointer<CChar>) -> Span<UInt8> {
    let length = unsafe strlen(string)
    let span = unsafe Span(
        _unsafeStart: UnsafeRawPointer(string).assumingMemoryBound(to: UInt8.self), count: length)
    return unsafe _overrideLifetime(span, copying: ())
}
