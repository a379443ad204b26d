import ProcFS
import PseudoFS
import Testing

@Suite struct SystemFileTests {
    @Test func `mounts are lines as the kernel has them, with what ends a column escaped`() throws {
        let tree = ProcTree()
        #expect(
            try tree.text("/proc/mounts") == "jitfs /tracing tracefs rw 0 0\njitfs /a\\040b/c\\134d tracefs rw 0 0\n")
        #expect(
            try tree.json("/proc/mounts").hasPrefix(
                #"[{"source":"jitfs","target":"/tracing","type":"tracefs","options":"rw"},"#))
    }

    @Test func `each type of file system is named once`() throws {
        let tree = ProcTree()
        #expect(try tree.text("/proc/filesystems") == "nodev\ttracefs\n")
        #expect(try tree.json("/proc/filesystems") == #"["tracefs"]"#)
    }

    @Test func `memory is told in kB as text and in bytes as JSON, its parts with it`() throws {
        let tree = ProcTree(memory: [
            MemoryFigure("MemTotal", member: "mem_total", bytes: 16 << 30),
            MemoryFigure("Nodes", member: "nodes", bytes: 2047),
            MemoryFigure(
                "Pools", member: "pools", bytes: 12288,
                parts: [.init(name: "a", bytes: 4096), .init(name: "b c\n", bytes: 8192)]),
            MemoryFigure("Enormous", member: "enormous", bytes: .max),
        ])
        #expect(
            try tree.text("/proc/meminfo") == """
                MemTotal:       16777216 kB
                Nodes:                 1 kB
                Pools:                12 kB
                Pools(a):              4 kB
                Pools(b\\040c\\012):     8 kB
                Enormous: 18014398509481983 kB

                """)
        #expect(
            try tree.json("/proc/meminfo")
                == #"{"mem_total":17179869184,"nodes":2047,"pools":12288,"pools_by_name":{"a":4096,"b c\n":8192},"#
                + #""enormous":18446744073709551615}"#)
    }

    @Test func `uptime has the time since the start and the time that was left`() throws {
        var times = SystemTimes()
        times.uptimeNanoseconds = 12_345_678_901
        times.userNanoseconds = 1_000_000_000
        times.systemNanoseconds = 500_000_000
        times.processors = 2
        let tree = ProcTree(times: times)
        #expect(try tree.text("/proc/uptime") == "12.34 23.19\n")
        #expect(try tree.json("/proc/uptime") == #"{"uptime_ms":12340,"idle_ms":23190}"#)
    }

    @Test func `more CPU time than there was leaves none`() throws {
        var times = SystemTimes()
        times.uptimeNanoseconds = 50_000_000
        times.userNanoseconds = 90_000_000
        #expect(try ProcTree(times: times).text("/proc/uptime") == "0.05 0.00\n")
    }

    @Test func `stat has the lines of the kernel's that mean something`() throws {
        var times = SystemTimes()
        times.uptimeNanoseconds = 10_000_000_000
        times.userNanoseconds = 1_230_000_000
        times.systemNanoseconds = 450_000_000
        times.contextSwitches = 77
        times.startSeconds = 1_700_000_000
        times.clientsEver = 5
        times.clientsRunning = 1
        let tree = ProcTree(times: times)
        #expect(
            try tree.text("/proc/stat")
                == "cpu  123 0 45 832 0 0 0 0 0 0\nctxt 77\nbtime 1700000000\nprocesses 5\nprocs_running 1\n")
        #expect(
            try tree.json("/proc/stat")
                == #"{"user":123,"system":45,"idle":832,"ctxt":77,"btime":1700000000,"processes":5,"procs_running":1}"#)
    }

    @Test func `the version is a line`() throws {
        #expect(try ProcTree().text("/proc/version") == "jitfs version 1\n")
    }
}
