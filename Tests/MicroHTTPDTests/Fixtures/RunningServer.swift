import Glibc
import HTTPGateway
@testable import MicroHTTPD

/// A server on a free port of loopback, for one test.
struct RunningServer {
    let server: HTTPServer
    let handler: EchoHandler
    let port: UInt16

    init(
        limits: ServerLimits = ServerLimits(), bodyBytesMax: Int = 1 << 20, threads: Int = 2,
        listeners: [Listener] = [.tcp(address: "127.0.0.1", port: 0)]
    ) throws {
        handler = EchoHandler(bodyBytesMax: bodyBytesMax)
        server = HTTPServer(
            .init(listeners: listeners, threads: threads, limits: limits, handler: handler))
        try server.start()
        port = server.boundAddresses.first?.port ?? 0
    }

    func client(receiveBuffer: Int32? = nil) throws -> BlockingClient {
        try BlockingClient(port: port, receiveBuffer: receiveBuffer)
    }

    func stop() { server.stop(graceSeconds: 5) }

    /// Waits until something is so, for at most ten seconds.
    func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<2000 {
            if condition() { return true }
            usleep(5000)
        }
        return condition()
    }
}
