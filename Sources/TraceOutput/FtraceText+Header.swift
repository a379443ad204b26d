public import Bytes

extension FtraceText {
    /// Appends what stands above the lines of `trace` (never of `trace_pipe`).
    ///
    /// - Parameters:
    ///   - tracer: the current tracer: `nop`.
    ///   - entries: records in the buffer, of all CPUs.
    ///   - written: those and the ones that were overwritten.
    ///   - cpus: lanes of the buffer.
    ///   - out: where it goes.
    public func append(
        headerOf tracer: String, entries: UInt64, written: UInt64, cpus: Int, to out: inout ByteBuffer
    ) {
        out.append("# tracer: ")
        out.append(tracer)
        out.append("\n#\n")
        if !options.contextInfo { return }
        if options.latencyFormat { return append(latencyHeaderOf: tracer, entries, written, cpus, to: &out) }
        if options.verbose { return }
        out.append("# entries-in-buffer/entries-written: ")
        out.append(decimal: entries)
        out.append(0x2F)
        out.append(decimal: written)
        out.append("   #P:")
        out.append(decimal: cpus)
        out.append("\n#\n")
        if options.irqInfo { appendFlagColumns(to: &out) } else { appendPlainColumns(to: &out) }
    }

    private func appendFlagColumns(to out: inout ByteBuffer) {
        let pictures: [StaticString] = [
            "  _-----=> irqs-off/BH-disabled\n", " / _----=> need-resched\n", "| / _---=> hardirq/softirq\n",
            "|| / _--=> preempt-depth\n", "||| / _-=> migrate-disable\n", "|||| /     delay\n",
        ]
        for picture in pictures {
            out.append("#                            ")
            out.append(repeating: 0x20, count: options.recordTgid ? 12 : 2)
            out.append(picture)
        }
        if options.recordTgid {
            out.append("#           TASK-PID       TGID    CPU#  |||||  TIMESTAMP  FUNCTION\n")
            out.append("#              | |           |       |   |||||     |         |\n")
        } else {
            out.append("#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n")
            out.append("#              | |         |   |||||     |         |\n")
        }
    }

    private func appendPlainColumns(to out: inout ByteBuffer) {
        if options.recordTgid {
            out.append("#           TASK-PID       TGID    CPU#     TIMESTAMP  FUNCTION\n")
            out.append("#              | |           |       |         |         |\n")
        } else {
            out.append("#           TASK-PID     CPU#     TIMESTAMP  FUNCTION\n")
            out.append("#              | |         |         |         |\n")
        }
    }
}
