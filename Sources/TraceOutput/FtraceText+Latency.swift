internal import Bytes
internal import TraceEngine

/// The option `latency-format`: how the latency tracers show their records.
extension FtraceText {
    /// What stands above the lines; nothing where there are none.
    func append(
        latencyHeaderOf tracer: String, _ entries: UInt64, _ written: UInt64, _ cpus: Int, to out: inout ByteBuffer
    ) {
        if entries == 0 { return }
        out.append("# ")
        out.append(tracer)
        out.append(" latency trace v1.1.5 on 6.18\n")
        out.append("# --------------------------------------------------------------------\n")
        out.append("# latency: 0 us, #")
        out.append(decimal: entries)
        out.append(0x2F)
        out.append(decimal: written)
        out.append(", CPU#0 | (M:PREEMPT(none) VP:0, KP:0, SP:0 HP:0 #P:")
        out.append(decimal: cpus)
        out.append(")\n#    -----------------\n#    | task: -0 (uid:0 nice:0 policy:0 rt_prio:0)\n")
        out.append("#    -----------------\n#\n")
        if options.verbose { return }
        let pictures: [StaticString] = [
            "                  _------=> CPU#            ", "                 / _-----=> irqs-off/BH-disabled",
            "                | / _----=> need-resched    ", "                || / _---=> hardirq/softirq ",
            "                ||| / _--=> preempt-depth   ", "                |||| / _-=> migrate-disable ",
            "                ||||| /     delay           ", "cmd     pid     |||||| time  |   caller     ",
            "   \\   /        ||||||  \\    |    /       ",
        ]
        for picture in pictures {
            out.append("#  ")
            out.append(picture)
            out.append(0x0A)
        }
    }

    /// `  jitrec-9802      0DBZff 2130354679us+: `
    func append(
        latencyContext common: RecordCommon, _ header: TraceRecordHeader, comm: String, _ place: Place,
        to out: inout ByteBuffer
    ) {
        if options.verbose {
            appendPadded(comm, width: 16, to: &out)
            out.append(0x20)
            appendPadded("\(common.pid)", width: 7, to: &out)
            out.append(0x20)
            out.append(decimal: header.cpu, width: 3)
            out.append(0x20)
            out.append(decimal: common.flags)
            out.append(0x20)
            out.append(hexadecimal: UInt64(common.preemptCount & 0xF), width: 8)
            out.append(0x20)
            out.append(hexadecimal: place.index, width: 8)
            out.append(0x20)
        } else {
            appendPadded(String(comm.unicodeScalars.prefix(8).map(Character.init)), width: 8, to: &out)
            out.append(0x2D)
            let pid = "\(common.pid)"
            out.append(pid)
            out.append(repeating: 0x20 as UInt8, count: max(8 - pid.utf8.count, 1))
            out.append(decimal: header.cpu, width: 3)
            append(flags: common, to: &out)
        }
        append(latencyTime: header.timestamp, next: place.next ?? header.timestamp, to: &out)
    }

    private func append(latencyTime time: UInt64, next: UInt64, to out: inout ByteBuffer) {
        let since = time &- options.startTime
        let until = next &- time
        switch (options.verbose, options.clockIsNanoseconds) {
        case (true, true):
            out.append(0x5B)
            out.append(hexadecimal: Self.microseconds(time), width: 8)
            out.append("] ")
            append(milliseconds: Self.microseconds(since), to: &out)
            out.append("ms (+")
            append(milliseconds: Self.microseconds(until), to: &out)
            out.append("ms): ")
        case (true, false):
            out.append(0x5B)
            out.append(hexadecimal: time, width: 16)
            out.append("] ")
            out.append(decimal: since)
            out.append(" (+")
            out.append(decimal: until)
            out.append("): ")
        case (false, true):
            let delay = Self.microseconds(until)
            out.append(0x20)
            out.append(decimal: Self.microseconds(since), width: 4)
            out.append("us")
            out.append(delay > 100 ? 0x21 : delay > 1 ? 0x2B : 0x20)
            out.append(": ")
        case (false, false):
            out.append(0x20)
            out.append(decimal: since, width: 4)
            out.append(": ")
        }
    }

    /// Rounded, as the kernel's `ns2usecs`.
    private static func microseconds(_ nanoseconds: UInt64) -> UInt64 { (nanoseconds &+ 500) / 1000 }

    private func append(milliseconds microseconds: UInt64, to out: inout ByteBuffer) {
        out.append(decimal: microseconds / 1000)
        out.append(0x2E)
        out.append(decimal: microseconds % 1000, width: 3, padding: 0x30)
    }

    private func appendPadded(_ text: String, width: Int, to out: inout ByteBuffer) {
        out.append(repeating: 0x20 as UInt8, count: max(width - text.utf8.count, 0))
        out.append(text)
    }
}
