internal import Glibc
internal import Testing

@testable internal import KernelTracing

@Suite struct InstanceNameTests {
    @Test func `a name says whose it is, and is another each time`() throws {
        let name = InstanceName()
        #expect(name.pid == getpid() && name.start > 0 && name.isAlive)
        #expect(InstanceName(name.text) == name)
        #expect(InstanceName() != name)
    }

    @Test func `the same pid with another start is not alive`() throws {
        let name = InstanceName()
        #expect(try #require(InstanceName("jitfs-\(name.pid)-\(name.start + 1)-1")).isAlive == false)
    }

    @Test(arguments: [
        "", "jitfs", "jitfs-1", "jitfs-1-2", "jitfs-1-2-3-4", "jitfs-01-2-3", "jitfs-0-2-3", "jitfs--1-2-3",
        "foo-1-2-3", "jitfs-x-2-3", "jitfs-1-2-+3", "xjitfs-1-2-3",
    ])
    func `others' names are not taken for ours`(_ text: String) { #expect(InstanceName(text) == nil) }
}
