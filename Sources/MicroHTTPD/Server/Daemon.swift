import CMicroHTTPD
import Glibc

/// libmicrohttpd's daemon: a pool of threads with an epoll each, and no listening socket.
///
/// Connections are accepted by the watcher and added. That makes limits answerable, shares connections out evenly
/// over the threads (left to itself, the first thread awake takes them all), and spares `MHD_quiesce_daemon`, which
/// in 0.9.75 can race with a thread that is about to wait, and abort.
@safe final class Daemon: @unchecked Sendable {
    // Sendable: libmicrohttpd allows adding from any thread; stopping is the owner's, after the watcher has gone.
    private let daemon: OpaquePointer
    private let sink: UnsafeMutablePointer<jitfs_log_sink>

    /// Starts the threads.
    ///
    /// - Parameter service: what the callbacks are given; it must outlive the daemon.
    /// - Throws: where the threads cannot be started.
    init(_ service: Service) throws(StartFailure) {
        let context = unsafe Unmanaged.passUnretained(service).toOpaque()
        unsafe sink = .allocate(capacity: 1)
        unsafe sink.initialize(to: jitfs_log_sink(refused: countOwnAnswer, context: context))
        var options = unsafe Self.options(service, context, sink)
        let flags =
            MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_USE_NO_LISTEN_SOCKET.rawValue | MHD_USE_ITC.rawValue
            | MHD_ALLOW_SUSPEND_RESUME.rawValue | MHD_USE_ERROR_LOG.rawValue
        guard let daemon = unsafe jitfs_start_daemon(UInt32(flags), &options, handleRequest, context) else {
            unsafe sink.deallocate()
            throw StartFailure(attempt: "start", reason: "libmicrohttpd did not start its threads")
        }
        unsafe self.daemon = unsafe daemon
    }

    deinit { unsafe sink.deallocate() }

    /// Hands a connection over; it is closed where that fails.
    func add(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
        unsafe MHD_add_connection(daemon, descriptor, address, length) == MHD_Result.YES
    }

    /// Closes all connections and ends the threads. No connection may be suspended.
    func stop() { unsafe MHD_stop_daemon(daemon) }

    private static func options(
        _ service: Service, _ context: UnsafeMutableRawPointer, _ sink: UnsafeMutablePointer<jitfs_log_sink>
    ) -> [MHD_OptionItem] {
        let completed: CompletedCallback = unsafe requestCompleted
        let notified: ConnectionCallback = unsafe connectionChanged
        let line: LineCallback = unsafe requestLineRead
        let unescape: UnescapeCallback = unsafe leaveEscaped
        func item(_ option: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil) -> MHD_OptionItem {
            unsafe MHD_OptionItem(option: option, value: value, ptr_value: pointer)
        }
        // Its own timeout comes after ours: it is for clients that do not read their answer.
        let timeout = Int(service.limits.requestSeconds.rounded(.up)) + 5
        var options = unsafe [
            item(.EXTERNAL_LOGGER, jitfs_logger(), sink),
            item(.CONNECTION_MEMORY_LIMIT, service.limits.poolBytes),
            item(.CONNECTION_LIMIT, 1 << 20),
            item(.CONNECTION_TIMEOUT, timeout),
            item(.NOTIFY_COMPLETED, unsafeBitCast(completed, to: Int.self), context),
            item(.NOTIFY_CONNECTION, unsafeBitCast(notified, to: Int.self), context),
            item(.URI_LOG_CALLBACK, unsafeBitCast(line, to: Int.self), context),
            item(.UNESCAPE_CALLBACK, unsafeBitCast(unescape, to: Int.self), context),
        ]
        // A pool of one is refused with a warning: one thread is what there is without a pool.
        if service.threads > 1 { unsafe options.append(item(.THREAD_POOL_SIZE, service.threads)) }
        unsafe options.append(item(.END, 0))
        return unsafe options
    }
}
