import Glibc
import JITFSServer
import Testing

@Suite struct ServerConfigurationTests {
    @Test func `a public address is refused without tokens, unless it is meant`() throws {
        var configuration = ServerConfiguration()
        try configuration.listen(on: "127.0.0.1:0")
        try configuration.check()
        try configuration.listen(on: "0.0.0.0:0")
        #expect(throws: ConfigurationError.self) { try configuration.check() }
        configuration.isInsecure = true
        try configuration.check()
        configuration.isInsecure = false
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
}
