import Bytes
import Foundation
import Glibc
import JITFSTestSupport
import PseudoFS
import SystemPackage
import Testing

@testable import HostFS

@Suite("A host tree of /proc")
struct ProcTests {
    private let proc = HostTreeDescription(name: "t", directory: "/proc")

    @Test func `has files without a length, whole`() throws {
        let fixture = try HostFixture(proc)
        #expect(try fixture.text("/version").hasPrefix("Linux version"))
        #expect(try fixture.node("/version").declaration.content == .attribute)
        #expect(try fixture.text("/sys/kernel/ostype") == "Linux\n")
        #expect(try fixture.node("/sys/kernel/ostype").read().value == .text("Linux"))
    }

    @Test func `never shows this process, by none of its names`() throws {
        let fixture = try HostFixture(proc)
        let pid = getpid()
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        for name in ["self", "thread-self", "\(pid)"] + threads {
            for file in ["", "/status", "/environ", "/task", "/task/\(pid)/status", "/fd", "/cwd"] {
                #expect(fixture.errno("/\(name)\(file)") == .noSuchFileOrDirectory, "\(name)\(file)")
            }
        }
        let names = try fixture.names("")
        for name in ["self", "thread-self", "\(pid)"] { #expect(!names.contains(name)) }
        #expect(names.contains("\(getppid())") && names.contains("version") && names.contains("meminfo"))
        let walk = try TreeWalk(below: fixture.node("/sys/kernel/random"), form: .text)
        var out = ByteBuffer()
        while walk.read(into: &out, limit: 4096) == .more {}
        #expect(out.text.contains("/host/t/sys/kernel/random/uuid\n"))
    }

    @Test func `shows what is everybody's though it is found with this process`() throws {
        let fixture = try HostFixture(proc)
        #expect(try fixture.text("/mounts").contains(" /proc "))
        #expect(try fixture.text("/net/dev").contains("lo:"))
        let node = try fixture.node("/net/dev")
        let path = node.path
        #expect(String(repairing: path.span) == "/host/t/net/dev")
    }

    @Test func `is the same where it may be changed`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/proc", isWritable: true))
        #expect(try fixture.text("/mounts").contains(" /proc "))
        #expect(try fixture.names("/net").contains("dev"))
        for path in ["/self", "/self/cwd", "/\(getpid())/exe", "/thread-self/comm"] {
            #expect(throws: Failure.self) { try fixture.node(path) }
            #expect(fixture.errno(path) == .noSuchFileOrDirectory)
        }
    }

    @Test func `hides this process however the procfs is reached`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/", crossesMounts: true))
        #expect(fixture.errno("/proc/self/status") == .noSuchFileOrDirectory)
        #expect(fixture.errno("/proc/\(getpid())/environ") == .noSuchFileOrDirectory)
        #expect(try !fixture.names("/proc").contains("\(getpid())"))
        #expect(try fixture.text("/proc/\(getppid())/comm").count > 1)
        let linked = try HostFixture { _ in }
        let link = linked.scratch + "/proc"
        try HostFSTests.link(link, to: "/proc")
        let other = try HostFixture(HostTreeDescription(name: "t", directory: link))
        #expect(other.errno("/self/status") == .noSuchFileOrDirectory)
        #expect(try !other.names("").contains("\(getpid())"))
    }

    @Test func `is refused for the directory of one process`() {
        for directory in ["/proc/self", "/proc/\(getpid())/task", "/proc/\(getppid())", "/proc/net"] {
            #expect(throws: Failure.self, "\(directory)") {
                try HostTrees().add(HostTreeDescription(name: "p", directory: directory))
            }
        }
    }

    @Test func `a bound part of a process is taken for this one`() {
        let part = ProcPlace(names: [Array("12".utf8), Array("fd".utf8)], root: nil)
        #expect(part.isOwnProcess)
        #expect(!ProcPlace(names: [Array("sys".utf8)], root: nil).isOwnProcess)
    }

    @Test func `the table of mounts is read with its escapes`() {
        let table = Array(
            """
            22 1 0:21 / /proc rw,relatime - proc proc rw
            36 22 0:21 /1/ns /mnt/with\\040space rw - proc proc rw

            """.utf8)
        #expect(MountTable.parse(table.span, number: 22) == .init(root: Array("/".utf8), point: Array("/proc".utf8)))
        #expect(
            MountTable.parse(table.span, number: 36)
                == .init(root: Array("/1/ns".utf8), point: Array("/mnt/with space".utf8)))
        #expect(MountTable.parse(table.span, number: 3) == nil)
    }

    @Test func `a file that goes on beyond the limit is EFBIG`() throws {
        let fixture = try HostFixture(proc, limits: HostLimits(fileBytesMax: 4096))
        #expect(fixture.errno("/kallsyms") == .fileTooLarge)
        #expect(fixture.trees.refusals.fileBytes == 1)
    }
}
