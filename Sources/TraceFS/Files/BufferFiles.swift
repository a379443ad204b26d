internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files about an instance's ring buffers and their clock.
enum BufferFiles {
    static let size = File<TraceInstance>.attribute(
        mode: 0o640, summary: "KiB of each CPU's ring buffer; null (X) where they differ.",
        value: { $0.bufferKilobytes.map { .unsigned(UInt64($0)) } ?? .null },
        text: { context, out throws(Failure) in
            if let size = context.bufferKilobytes { out.append(decimal: size) } else { out.append("X") }
            out.append(0x0A)
        },
        write: { context, bytes, _ throws(Failure) in try resize(context, lane: nil, bytes) })

    static let laneSize = File<LaneContext>.attribute(
        mode: 0o640, summary: "KiB of this CPU's ring buffer.",
        value: { .unsigned(UInt64($0.instance.bufferKilobytes(lane: $0.lane))) },
        write: { context, bytes, _ throws(Failure) in try resize(context.instance, lane: context.lane, bytes) })

    static let totalSize = File<TraceInstance>.attribute(
        mode: 0o440, summary: "KiB of all CPUs' ring buffers together.",
        value: { .unsigned(UInt64($0.bufferTotalKilobytes)) })

    private static func resize(_ instance: TraceInstance, lane: Int?, _ bytes: Span<UInt8>) throws(Failure) {
        let kilobytes = try KernelNumber.unsigned(bytes)
        try engine(
            .content, { $0 == .noMemory ? "the limit buffers_bytes would be passed" : "a buffer has at least 1 KiB" }
        ) {
            () throws(Errno) in try instance.setBufferKilobytes(kilobytes, lane: lane)
        }
    }

    static let subBufferSize = File<TraceInstance>.attribute(
        mode: 0o640, summary: "KiB of each sub-buffer, rounded up to a power of two from 4 to 512.",
        value: { .unsigned(UInt64($0.subBufferSize / 1024)) },
        write: { context, bytes, _ throws(Failure) in
            let kilobytes = try KernelNumber.unsigned(bytes)
            try engine(
                .content,
                { $0 == .noMemory ? "the limit buffers_bytes would be passed" : "a sub-buffer has 1 to 512 KiB" }
            ) {
                () throws(Errno) in try context.setSubBufferKilobytes(kilobytes)
            }
        })

    static let percent = File<TraceInstance>.attribute(
        mode: 0o640, summary: "How full a CPU's buffer is to be before a watch says that it can be read, in percent.",
        value: { .unsigned(UInt64($0.bufferPercent)) },
        write: { context, bytes, _ throws(Failure) in
            let percentage = try KernelNumber.unsigned(bytes)
            try engine(.content, { _ in "there are 0 to 100 percent" }) {
                () throws(Errno) in try context.setBufferPercent(percentage)
            }
        })

    static let free = File<TraceInstance>.sink(
        mode: 0o200, summary: "Anything written shrinks the buffers to their smallest size.",
        write: { context, _, _ throws(Failure) in
            try engine { () throws(Errno) in try context.freeBuffers() }
        })

    static let timestampMode = File<TraceInstance>.attribute(
        mode: 0o440, summary: "How records tell their time: by what passed since the one before.",
        value: { _ in .text("[delta] absolute") })

    static let statistics = File<LaneContext>.attribute(
        mode: 0o440, summary: "What this CPU's ring buffer has taken, lost and given.",
        value: { context in
            let statistics = context.instance.statistics(lane: context.lane)
            return .record([
                .init("entries", .unsigned(statistics.entries)), .init("overrun", .unsigned(statistics.overrun)),
                .init("commit_overrun", .unsigned(statistics.commitOverrun)),
                .init("bytes", .unsigned(statistics.bytes)),
                .init("oldest_event_ns", .unsigned(statistics.oldestTimestamp)),
                .init("now_ns", .unsigned(statistics.nowTimestamp)),
                .init("dropped_events", .unsigned(statistics.droppedEvents)),
                .init("read_events", .unsigned(statistics.readEvents)),
            ])
        },
        text: { context, out throws(Failure) in
            let countsTime = context.instance.clock.countsNanoseconds
            append(context.instance.statistics(lane: context.lane), countsTime: countsTime, to: &out)
        })

    private static func append(_ statistics: RingBufferStatistics, countsTime: Bool, to out: inout ByteBuffer) {
        func line(_ name: StaticString, _ count: UInt64, to out: inout ByteBuffer) {
            out.append(name)
            out.append(decimal: count)
            out.append(0x0A)
        }
        func time(_ name: StaticString, _ nanoseconds: UInt64, to out: inout ByteBuffer) {
            out.append(name)
            out.append(decimal: nanoseconds / 1_000_000_000, width: 5)
            out.append(0x2E)
            out.append(decimal: nanoseconds / 1000 % 1_000_000, width: 6, padding: 0x30)
            out.append(0x0A)
        }
        func moment(_ name: StaticString, _ value: UInt64, to out: inout ByteBuffer) {
            if countsTime { time(name, value, to: &out) } else { line(name, value, to: &out) }
        }
        line("entries: ", statistics.entries, to: &out)
        line("overrun: ", statistics.overrun, to: &out)
        line("commit overrun: ", statistics.commitOverrun, to: &out)
        line("bytes: ", statistics.bytes, to: &out)
        moment("oldest event ts: ", statistics.oldestTimestamp, to: &out)
        moment("now ts: ", statistics.nowTimestamp, to: &out)
        line("dropped events: ", statistics.droppedEvents, to: &out)
        line("read events: ", statistics.readEvents, to: &out)
    }

    static let clock = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The clock of the instance's records; setting it clears the buffers.",
        value: { .text($0.clock.name) },
        members: { _ in [.init("available", .list(TraceClock.names.map { .text($0) }))] },
        text: { context, out throws(Failure) in
            let current = context.clock.name
            for (index, name) in TraceClock.names.enumerated() {
                if index > 0 { out.append(0x20) }
                out.append(name == current ? "[\(name)]" : name)
            }
            out.append(0x0A)
        },
        write: { context, bytes, _ throws(Failure) in
            let name = String(repairing: bytes.trimmed)
            try engine(.content, { _ in "no such clock; there are \(TraceClock.names.joined(separator: ", "))" }) {
                () throws(Errno) in try context.setClock(named: name)
            }
        })
}
