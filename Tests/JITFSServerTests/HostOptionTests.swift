import HostFS
import Testing

@testable import JITFSServer

@Suite("--host")
struct HostOptionTests {
    @Test(arguments: [
        ("proc=/proc", "proc", "/proc", false, false),
        ("t=/sys/kernel/tracing:rw", "t", "/sys/kernel/tracing", true, false),
        ("all=/:rw,xdev", "all", "/", true, true), ("all=/:xdev", "all", "/", false, true),
        ("a=/odd:name", "a", "/odd:name", false, false), ("a=/x=y:rw", "a", "/x=y", true, false),
    ])
    func `names a directory, and what may be done there`(
        text: String, name: String, directory: String, isWritable: Bool, crossesMounts: Bool
    ) throws {
        var configuration = ServerConfiguration()
        try configuration.show(text)
        let tree = try #require(configuration.hostTrees.first)
        #expect(tree.name == name && tree.directory == directory)
        #expect(tree.isWritable == isWritable && tree.crossesMounts == crossesMounts)
    }

    @Test(arguments: ["", "proc", "=/proc", "a/b=/proc", ".=/", "..=/", "a b=/", "a=", "a=:rw"])
    func `refuses what names none`(text: String) {
        #expect(throws: ConfigurationError.self) {
            var configuration = ServerConfiguration()
            try configuration.show(text)
        }
    }

    @Test func `is refused on TCP without tokens, and for a directory that is not there`() throws {
        var configuration = ServerConfiguration()
        try configuration.show("proc=/proc")
        #expect(throws: ConfigurationError.self) { try configuration.check() }
        configuration.isInsecure = true
        try configuration.check()
        configuration.isInsecure = false
        configuration.listeners = [.unix(path: "/tmp/none")]
        try configuration.check()
        try configuration.show("none=/no/such/directory")
        #expect(throws: ConfigurationError.self) { _ = try Server(configuration) }
    }
}
