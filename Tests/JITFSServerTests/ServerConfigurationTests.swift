internal import Glibc
internal import Testing

@testable internal import JITFSServer

@Suite struct ServerConfigurationTests {
    @Test(arguments: [
        ("127.0.0.1:0", Listener.tcp(address: "127.0.0.1", port: 0)), ("[::1]:8470", .tcp(address: "::1", port: 8470)),
        ("localhost:80", .tcp(address: "127.0.0.1", port: 80)),
    ])
    func `an address and a port are taken apart`(_ text: String, _ listener: Listener) throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: text)
        #expect(configuration.listeners == [listener])
    }

    @Test(arguments: ["127.0.0.1", "8470", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "127.0.0.1:http", ""])
    func `what is no address and port is refused`(_ text: String) {
        var configuration = ServerConfiguration()
        #expect(throws: ConfigurationError.self) { try configuration.listen(on: text) }
        #expect(configuration.listeners.isEmpty)
    }

    @Test(arguments: [
        ("127.0.0.1:0", false), ("127.9.9.9:0", false), ("[::1]:0", false), ("0.0.0.0:0", true), ("[::]:0", true),
    ])
    func `only loopback is not public`(_ text: String, _ isPublic: Bool) throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: text)
        let refused = (try? configuration.check()) == nil
        #expect(refused == isPublic)
    }

    @Test func `a public address needs tokens, or the word that it is meant`() throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: "0.0.0.0:0")
        #expect(throws: ConfigurationError.self) { try Server(configuration) }
        configuration.isInsecure = true
        _ = try Server(configuration)
    }

    @Test func `tokens make a public address one that may be listened on`() throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: "0.0.0.0:0")
        #expect(throws: ConfigurationError.self) { try configuration.check() }
        configuration.tokenFile = "/tokens"
        try configuration.check()
    }

    @Test func `a public socket that was passed in is refused like any other`() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        #expect(listen(descriptor, 1) == 0)  // unbound until now: the kernel binds it to every address
        var configuration = ServerConfiguration()
        configuration.listeners = [.inherited(descriptor: descriptor)]
        #expect(throws: ConfigurationError.self) { try configuration.check() }
    }

    @Test func `the kernel's events on TCP need tokens, or the word that it is meant`() throws {
        var configuration = ServerConfiguration()
        configuration.kernelEvents = "/nowhere"
        #expect(throws: ConfigurationError.self) { try configuration.check() }
        try configuration.listen(on: "127.0.0.1:0")
        #expect(throws: ConfigurationError.self) { try configuration.check() }
        configuration.tokenFile = "/tokens"
        try configuration.check()
        configuration.tokenFile = nil
        configuration.isInsecure = true
        try configuration.check()
        configuration.isInsecure = false
        configuration.listeners = [.unix(path: "/socket")]
        try configuration.check()
    }

    @Test func `without a tracefs a server is not made, and says why`() throws {
        var configuration = ServerConfiguration()
        configuration.listeners = [.unix(path: "/socket")]
        configuration.kernelEvents = "/nowhere"
        let error = try #require(throws: ConfigurationError.self) { try Server(configuration) }
        #expect(error.description.hasPrefix("--kernel-events /nowhere: there is no tracefs"))
    }
}
