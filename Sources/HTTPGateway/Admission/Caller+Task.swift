internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Caller {
    /// Names the caller's task: what it says of itself, else what the kernel knows, else its program and connection.
    ///
    /// - Throws: EINVAL where `Jitfs-Task` is not `COMM-PID`.
    mutating func nameTask(from head: borrowing RequestHead) throws(Failure) {
        if head.has(.jitfsTask) {
            guard head.count(.jitfsTask) == 1, let task = Self.task(head.value(.jitfsTask).trimmed) else {
                throw Failure(.invalidArgument, "Jitfs-Task is COMM-PID, COMM having 1 to 15 bytes")
            }
            (comm, pid) = task
        } else if case .unix(let pid, let comm) = head.peer.transport {
            self.pid = pid
            self.comm = comm
        } else {
            // The directory of procfs that is its own has the same number, unless there were 2^31 connections before.
            pid = Int32(truncatingIfNeeded: head.peer.connection & 0x7FFF_FFFF)
            let program = Self.program(head.value(.userAgent))
            if !program.isEmpty { comm = program }
        }
    }

    /// `my-task-42` is the task `my-task` with the number 42.
    private static func task(_ text: Span<UInt8>) -> (comm: String, pid: Int32)? {
        var dash = text.count - 1
        while dash >= 0, text[dash] != 0x2D { dash -= 1 }
        guard dash >= 1, dash <= 15, text.count - dash - 1 >= 1, text.count - dash - 1 <= 10 else { return nil }
        var pid: Int64 = 0
        for index in (dash + 1)..<text.count {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            pid = pid * 10 + Int64(text[index] - 0x30)
        }
        guard pid <= Int64(Int32.max), let comm = String(exactly: text.extracting(0..<dash)) else { return nil }
        return (comm, Int32(pid))
    }

    /// `curl/8.5.0 (linux)` is `curl/8.5.0`, at most 15 bytes of it.
    private static func program(_ userAgent: Span<UInt8>) -> String {
        let text = userAgent.trimmed
        let end = min(text.firstIndex(of: 0x20) ?? text.count, 15)
        return String(repairing: text.extracting(0..<end))
    }
}
