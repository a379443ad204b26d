import Glibc
import HTTPGateway
import Locking
@testable import MicroHTTPD
import Synchronization
import Testing

@Suite struct ListenerTests {
    private func path(_ name: String) -> String { "/tmp/jitfs-test-\(getpid())-\(name).sock" }

    @Test func `a unix socket has mode 0600, knows its peers, and is removed at the end`() throws {
        let path = path("peer")
        let running = try RunningServer(listeners: [.unix(path: path)])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try BlockingClient(path: path).get("/x").status == 200)
        guard case .unix(let pid, let comm) = try #require(running.handler.peers.withLock { $0.first }).transport else {
            Issue.record("not a unix peer")
            return
        }
        #expect(pid == getpid())
        #expect(!comm.isEmpty && comm.utf8.count <= 15)
        running.stop()
        #expect(unsafe stat(path, &status) != 0)
    }

    @Test func `a stale socket file is replaced, one that is answered on is not, and no other file is`() throws {
        let path = path("stale")
        defer { _ = unsafe unlink(path) }
        let first = try RunningServer(listeners: [.unix(path: path)])
        #expect(throws: StartFailure.self) { try RunningServer(listeners: [.unix(path: path)]) }
        #expect(try BlockingClient(path: path).get("/x").status == 200)
        // Left behind: the file stays, nobody listens.
        #expect(unsafe rename(path, path + "x") == 0)
        first.stop()
        #expect(unsafe rename(path + "x", path) == 0)
        let second = try RunningServer(listeners: [.unix(path: path)])
        #expect(try BlockingClient(path: path).get("/x").status == 200)
        second.stop()
        let file = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        #expect(throws: StartFailure.self) { try RunningServer(listeners: [.unix(path: path)]) }
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
    }

    @Test func `several listeners share the same threads, and each tells where it is`() throws {
        let path = path("several")
        let running = try RunningServer(listeners: [
            .tcp(address: "127.0.0.1", port: 0), .tcp(address: "127.0.0.1", port: 0), .unix(path: path),
        ])
        defer { running.stop() }
        let addresses = running.server.boundAddresses
        #expect(addresses.count == 3)
        #expect(addresses[2].description == path)
        let ports = addresses.compactMap(\.port)
        #expect(Set(ports).count == 2 && !ports.contains(0))
        #expect(addresses[0].description == "127.0.0.1:\(ports[0])")
        for port in ports { #expect(try BlockingClient(port: port).get("/x").status == 200) }
        #expect(try BlockingClient(path: path).get("/x").status == 200)
        #expect(running.handler.peers.withLock { $0.allSatisfy { $0.lane < 2 && !$0.isPublicListener } })
    }

    @Test func `a listener open to other machines says so`() throws {
        let running = try RunningServer(listeners: [.tcp(address: "0.0.0.0", port: 0)])
        defer { running.stop() }
        #expect(try BlockingClient(port: running.port).get("/x").status == 200)
        #expect(
            running.handler.peers.withLock {
                $0.allSatisfy { $0.isPublicListener && $0.transport == .tcp(isLoopback: true) }
            })
    }

    @Test func `a socket that was passed in is listened on`() throws {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = unsafe withUnsafeMutableBytes(of: &name) {
            unsafe bind(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 16)
        }
        #expect(bound == 0 && listen(socket, 16) == 0)
        let running = try RunningServer(listeners: [.inherited(descriptor: socket)])
        defer { running.stop() }
        #expect(running.port != 0)
        #expect(try running.client().get("/x").status == 200)
    }

    @Test func `a port that is taken, or an address that is none, is refused by name`() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let failure = #expect(throws: StartFailure.self) {
            try RunningServer(listeners: [.tcp(address: "127.0.0.1", port: running.port)])
        }
        #expect(failure?.attempt == "listen on 127.0.0.1:\(running.port)")
        #expect(throws: StartFailure.self) { try RunningServer(listeners: [.tcp(address: "localhost", port: 0)]) }
    }

    @Test func `an IPv6 listener tells its address and port`() throws {
        let running = try RunningServer(listeners: [.tcp(address: "::1", port: 0)])
        defer { running.stop() }
        guard case .tcp(let address, let port)? = running.server.boundAddresses.first else {
            Issue.record("no address")
            return
        }
        #expect(address == "::1")
        #expect(port > 0)
        #expect("\(running.server.boundAddresses[0])" == "[::1]:\(port)")
    }

    @Test func `whether others can reach a listener follows from its address`() {
        #expect(!Listener.tcp(address: "127.0.0.1", port: 0).isPublic)
        #expect(!Listener.tcp(address: "127.1.2.3", port: 0).isPublic)
        #expect(!Listener.tcp(address: "::1", port: 0).isPublic)
        #expect(!Listener.unix(path: "/tmp/x").isPublic)
        #expect(Listener.tcp(address: "0.0.0.0", port: 0).isPublic)
        #expect(Listener.tcp(address: "::", port: 0).isPublic)
        #expect(Listener.tcp(address: "::ffff:127.0.0.1", port: 0).isPublic)
    }

    @Test(arguments: [(UInt32(0x7F00_0001), false), (UInt32(0), true)])
    func `a socket that was passed in is asked where it is bound`(address: UInt32, isPublic: Bool) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = address.bigEndian
        let bound = unsafe withUnsafeBytes(of: &name) {
            unsafe bind(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        #expect(bound == 0)
        #expect(Listener.inherited(descriptor: descriptor).isPublic == isPublic)
    }
}
