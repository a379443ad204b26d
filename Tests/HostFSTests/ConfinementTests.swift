import Bytes
import Foundation
import Glibc
import JITFSTestSupport
import PseudoFS
import Synchronization
import SystemPackage
import Testing

@testable import HostFS

@Suite("What leads out of a host tree")
struct ConfinementTests {
    @Test func `links that stay within are followed, and the node has the path where it really stands`() throws {
        let fixture = try HostFixture { tree in
            try make(tree + "/a/b")
            try put(tree + "/a/b/file", "inside\n")
            try link(tree + "/short", to: "a/b")
            try link(tree + "/a/up", to: "../a/./b/../b/file")
            try link(tree + "/chain", to: "short/file")
        }
        for path in ["/a/b/file", "/short/file", "/a/up", "/chain"] {
            #expect(try fixture.text(path) == "inside\n")
            let node = try fixture.node(path)
            let real = node.path
            #expect(String(repairing: real.span) == "/host/t/a/b/file")
        }
        let walk = try fixture.namespace.walk("/host/t/chain".utf8Span.span, caller: Caller())
        let isElsewhere = walk.isElsewhere
        #expect(isElsewhere)
    }

    @Test func `links out of it are EXDEV, absolute or relative, straight or in chains`() throws {
        let fixture = try HostFixture { tree in
            try make(tree + "/d")
            try put(tree + "/file", "inside\n")
            try link(tree + "/absolute", to: tree + "/file")
            try link(tree + "/etc", to: "/etc")
            try link(tree + "/relative", to: "../outside/file")
            try link(tree + "/d/deep", to: "../../outside")
            try link(tree + "/chain", to: "d/deep")
            try link(tree + "/round", to: "../tree/file")
        }
        for path in ["/absolute", "/etc", "/etc/passwd", "/relative", "/d/deep/file", "/chain/file", "/round"] {
            #expect(fixture.errno(path) == .improperLink, "\(path)")
        }
    }

    @Test func `loops are ELOOP, files are no directories, and what is not there is ENOENT`() throws {
        let fixture = try HostFixture { tree in
            try put(tree + "/file", "inside\n")
            try link(tree + "/one", to: "two")
            try link(tree + "/two", to: "one")
            try link(tree + "/nowhere", to: "not/there")
        }
        #expect(fixture.errno("/one") == .tooManySymbolicLinkLevels)
        #expect(fixture.errno("/file/below") == .notDirectory)
        #expect(fixture.errno("/nowhere") == .noSuchFileOrDirectory)
        #expect(fixture.errno("/not") == .noSuchFileOrDirectory)
    }

    @Test func `magic links of other processes are ELOOP`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/proc"))
        let parent = getppid()
        for link in ["root", "cwd", "exe", "root/etc/passwd", "fd/0", "ns/mnt", "task/\(parent)/root/etc"] {
            let error = fixture.errno("/\(parent)/\(link)")
            #expect(error == .tooManySymbolicLinkLevels || error == .permissionDenied, "\(link)")
        }
    }

    @Test func `a file that was moved out of the tree is not read`() throws {
        let fixture = try HostFixture { try put($0 + "/file", "inside\n") }
        let found = try fixture.trees.trees[0].resolve(Array("file".utf8))
        #expect(found.path == Array("file".utf8))
        try FileManager.default.moveItem(
            atPath: fixture.scratch + "/tree/file", toPath: fixture.scratch + "/outside/moved")
        #expect(fixture.errno("/file") == .noSuchFileOrDirectory)
    }

    @Test(arguments: [false, true])
    func `whatever is swapped for a link meanwhile, nothing outside is ever read`(isWritable: Bool) throws {
        let description = HostTreeDescription(name: "t", directory: "", isWritable: isWritable)
        let fixture = try HostFixture(description) { tree in
            try make(tree + "/dir")
            try put(tree + "/dir/file", "inside\n")
        }
        let (tree, outside) = (fixture.scratch + "/tree", fixture.scratch + "/outside")
        let isOver = Atomic<Bool>(false)
        let reads = Atomic<Int>(0)
        let leaks = Atomic<Int>(0)
        let odd = Atomic<Int>(0)
        var threads = Threads()
        threads.start {
            while !isOver.load(ordering: .relaxed) {
                unsafe _ = rename(tree + "/dir", tree + "/real")
                unsafe _ = symlink(outside, tree + "/dir")
                unsafe _ = unlink(tree + "/dir")
                unsafe _ = symlink("../outside", tree + "/dir")
                unsafe _ = unlink(tree + "/dir")
                unsafe _ = rename(tree + "/real", tree + "/dir")
            }
        }
        var readers = Threads()
        for _ in 0..<2 {
            readers.start {
                for _ in 0..<600 {
                    do throws(Failure) {
                        let text = try fixture.text("/dir/file")
                        reads.add(1, ordering: .relaxed)
                        if text != "inside\n" { leaks.add(1, ordering: .relaxed) }
                    } catch {
                        switch error.errno {
                        case .noSuchFileOrDirectory, .improperLink, .resourceBusy: break
                        default: odd.add(1, ordering: .relaxed)
                        }
                    }
                    if let names = try? fixture.names("/dir"), names.contains("outside") {
                        leaks.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        readers.join()
        isOver.store(true, ordering: .relaxed)
        threads.join()
        #expect(leaks.load(ordering: .relaxed) == 0)
        #expect(odd.load(ordering: .relaxed) == 0)
        #expect(try fixture.text("/dir/file") == "inside\n")
    }

    @Test func `another mount is EXDEV unless it was asked for, in a listing as a directory`() throws {
        let fixture = try HostFixture(HostTreeDescription(name: "t", directory: "/"))
        #expect(fixture.errno("/proc/version") == .improperLink)
        #expect(try fixture.entries("").contains { $0.name == "proc" && $0.declaration.isDirectory })
        let all = try HostFixture(HostTreeDescription(name: "t", directory: "/", crossesMounts: true))
        #expect(try all.text("/proc/version").hasPrefix("Linux"))
    }

    @Test func `devices, fifos and sockets are listed and never opened`() throws {
        let fixture = try HostFixture { tree in
            unsafe _ = mkfifo(tree + "/fifo", 0o644)
            let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: (tree + "/socket").utf8) }
            _ = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            close(socket)
            if getuid() == 0 { unsafe _ = mknod(tree + "/null", S_IFCHR | 0o666, 0x103) }
        }
        for name in try fixture.names("") {
            #expect(fixture.errno("/" + name) == .permissionDenied, "\(name)")
        }
        #expect(try fixture.names("").starts(with: ["fifo"]))
    }
}
