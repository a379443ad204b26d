internal import Bytes
internal import TraceEngine

extension FtraceText {
    /// `          jitrec-9802    [000] ...1.  2117.442121: `
    func append(
        context common: RecordCommon, _ header: TraceRecordHeader, comm: String, tgid: Int32?,
        to out: inout ByteBuffer
    ) {
        out.append(repeating: 0x20, count: 16 - comm.utf8.count)
        out.append(comm)
        out.append(0x2D)
        let start = out.count
        out.append(signed: Int64(common.pid))
        out.append(repeating: 0x20, count: 7 - (out.count - start))
        out.append(0x20)
        if options.recordTgid { append(tgid: tgid, to: &out) }
        out.append(0x5B)
        out.append(digits: UInt64(max(header.cpu, 0)), width: 3, zeroes: true)
        out.append("] ")
        if options.irqInfo { append(flags: common, to: &out) }
        append(time: header.timestamp, to: &out)
        out.append(": ")
    }

    private func append(tgid: Int32?, to out: inout ByteBuffer) {
        guard let tgid, tgid != 0 else {
            out.append("(-------) ")
            return
        }
        out.append(0x28)
        out.append(decimal: tgid, width: 7)
        out.append(") ")
    }

    /// Seconds and microseconds of nanoseconds, or the counter.
    private func append(time: UInt64, to out: inout ByteBuffer) {
        out.append(0x20)
        if options.clockIsNanoseconds {
            out.append(digits: time / 1_000_000_000, width: 5)
            out.append(0x2E)
            out.append(digits: time / 1000 % 1_000_000, width: 6, zeroes: true)
        } else {
            out.append(digits: time, width: 12)
        }
    }

    /// The five characters of the kernel's `trace_print_lat_fmt`.
    func append(flags common: RecordCommon, to out: inout ByteBuffer) {
        let flags = common.flags
        let irqsOff = flags & 0x01 != 0
        let bottomHalfOff = flags & 0x80 != 0
        out.append(
            irqsOff && bottomHalfOff ? 0x44 : irqsOff ? 0x64 : bottomHalfOff ? 0x62 : 0x2E)
        out.append(reschedule(flags))
        out.append(interrupt(flags))
        append(digit: common.preemptCount & 0xF, to: &out)
        append(digit: common.preemptCount >> 4, to: &out)
    }

    /// Bits 2, 5 and 1: a reschedule is needed, by preemption, lazily.
    private func reschedule(_ flags: UInt8) -> UInt8 {
        switch (flags & 0x04 != 0, flags & 0x20 != 0, flags & 0x02 != 0) {
        case (true, true, true): 0x42
        case (true, true, false): 0x4E
        case (false, true, true): 0x4C
        case (true, false, true): 0x62
        case (true, false, false): 0x6E
        case (false, true, false): 0x70
        case (false, false, true): 0x6C
        case (false, false, false): 0x2E
        }
    }

    /// Bits 6, 3 and 4: in an NMI, a hard, a soft interrupt.
    private func interrupt(_ flags: UInt8) -> UInt8 {
        switch (flags & 0x40 != 0, flags & 0x08 != 0, flags & 0x10 != 0) {
        case (true, true, _): 0x5A
        case (true, false, _): 0x7A
        case (false, true, true): 0x48
        case (false, true, false): 0x68
        case (false, false, true): 0x73
        case (false, false, false): 0x2E
        }
    }

    private func append(digit: UInt8, to out: inout ByteBuffer) {
        if digit == 0 { out.append(0x2E) } else { out.append(hexadecimal: UInt64(digit)) }
    }
}
