public import Bytes

/// Everything before the pages of a trace.dat: the file that `trace-cmd` writes and reads, and KernelShark opens.
///
/// ```swift
/// var head = TraceDatHead(pageSize: 4096)
/// head.add(format: text, of: "sched")
/// head.add(TraceDatBuffer(name: "", pages: [134, 313]))      // of each CPU; the top buffer comes first
/// head.append(to: &out)                                       // then 134 pages, then 313
/// ```
///
/// Version 6, which all readers of later versions take too; little endian, 64 bits. The pages are the kernel's
/// sub-buffers, in the order of buffers and of CPUs. How many there will be must be known before the first. See
/// `Documentation/trace-cmd/trace-cmd.dat.v6.5.txt` of trace-cmd.
public struct TraceDatHead: Sendable {
    /// Bytes of a page: a multiple of 4096.
    public let pageSize: Int
    /// What `saved_cmdlines` reads: a pid, a space and a name a line.
    public var commands: [UInt8] = []
    /// What `trace_clock` reads: `[mono] mono_raw`.
    public var clocks: [UInt8] = []
    /// What `events/header_event` reads.
    public var recordLayout: [UInt8] = []
    private var systems: [System] = []
    private var ftrace: [[UInt8]] = []
    private var buffers: [TraceDatBuffer] = []

    private struct System: Sendable {
        let name: String
        var formats: [[UInt8]]
    }

    /// Option ids of trace-cmd.
    private enum Option {
        static let end: UInt16 = 0
        static let buffer: UInt16 = 3
        static let clock: UInt16 = 4
    }

    /// A file without events and buffers.
    public init(pageSize: Int = 4096) {
        precondition(pageSize > 0 && pageSize % 4096 == 0, "readers map whole pages")
        self.pageSize = pageSize
    }

    /// Adds the `format` text of an event.
    ///
    /// - Parameters:
    ///   - text: with the id that its records have.
    ///   - system: where it stands; `ftrace` for markers.
    public mutating func add(format text: Span<UInt8>, of system: String) {
        let format = [UInt8](copying: text)
        if system == "ftrace" {
            ftrace.append(format)
        } else if let place = systems.firstIndex(where: { $0.name == system }) {
            systems[place].formats.append(format)
        } else {
            systems.append(System(name: system, formats: [format]))
        }
    }

    /// Adds a buffer; the first is the top one.
    public mutating func add(_ buffer: TraceDatBuffer) { buffers.append(buffer) }

    /// Bytes of the pages.
    public var dataSize: UInt64 { buffers.reduce(0) { $0 + $1.pageCount } * UInt64(pageSize) }

    /// Appends the head, up to where the first page begins.
    public func append(to out: inout ByteBuffer) {
        precondition(!buffers.isEmpty, "there is a top buffer")
        let start = out.count
        appendLayouts(to: &out)
        appendFormats(to: &out)
        out.append(word: 0)  // no addresses of functions
        out.append(word: 0)  // no formats of trace_printk
        out.append(long: UInt64(commands.count))
        out.append(commands.span)
        out.append(word: UInt32(cpuCount))
        appendTables(from: out.count - start, to: &out)
        out.append(repeating: 0 as UInt8, count: aligned(out.count - start) - (out.count - start))
    }

    private var cpuCount: Int { buffers.reduce(0) { max($0, $1.pages.count) } }

    private func aligned(_ count: Int) -> Int { (count + pageSize - 1) / pageSize * pageSize }

    // MARK: sections

    private func appendLayouts(to out: inout ByteBuffer) {
        out.append([0x17, 0x08, 0x44].span)
        out.append("tracing6\0")
        out.append([0, 8].span)  // little endian, longs of eight bytes
        out.append(word: UInt32(pageSize))
        var page = ByteBuffer()
        Self.append(pageLayout: pageSize, to: &page)
        out.append("header_page\0")
        out.append(long: UInt64(page.count))
        out.append(page.span)
        out.append("header_event\0")
        out.append(long: UInt64(recordLayout.count))
        out.append(recordLayout.span)
    }

    /// Appends what `events/header_page` reads for pages of a size.
    static func append(pageLayout size: Int, to out: inout ByteBuffer) {
        out.append("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n")
        out.append("\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n")
        out.append("\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n")
        out.append("\tfield: char data;\toffset:16;\tsize:")
        out.append(decimal: size - 16)
        out.append(";\tsigned:0;\n")
    }

    private func appendFormats(to out: inout ByteBuffer) {
        out.append(word: UInt32(ftrace.count))
        for format in ftrace { out.append(sized: format) }
        out.append(word: UInt32(systems.count))
        for system in systems {
            out.append(system.name)
            out.append(0)
            out.append(word: UInt32(system.formats.count))
            for format in system.formats { out.append(sized: format) }
        }
    }

    /// Options, and where the pages of each CPU stand: what comes behind is counted before it is written.
    private func appendTables(from start: Int, to out: inout ByteBuffer) {
        let others = buffers.dropFirst()
        let optionsSize = others.reduce(10 + 6 + clocks.count + 2) { $0 + 6 + 8 + $1.name.utf8.count + 1 }
        let tableSize = 10 + cpuCount * 16
        let clocksSize = clocks.isEmpty ? 0 : 8 + clocks.count
        var table = start + optionsSize + (clocks.isEmpty ? -6 : 0) + tableSize + clocksSize
        let dataStart = aligned(table + others.count * tableSize)

        out.append("options  \0")
        if !clocks.isEmpty {
            out.append(half: Option.clock)
            out.append(word: UInt32(clocks.count))
            out.append(clocks.span)
        }
        for buffer in others {
            out.append(half: Option.buffer)
            out.append(word: UInt32(8 + buffer.name.utf8.count + 1))
            out.append(long: UInt64(table))
            out.append(buffer.name)
            out.append(0)
            table += tableSize
        }
        out.append(half: Option.end)
        var offset = UInt64(dataStart)
        for (index, buffer) in buffers.enumerated() {
            appendTable(of: buffer, from: &offset, to: &out)
            if index > 0 || clocks.isEmpty { continue }
            out.append(long: UInt64(clocks.count))
            out.append(clocks.span)
        }
    }

    private func appendTable(of buffer: TraceDatBuffer, from offset: inout UInt64, to out: inout ByteBuffer) {
        out.append("flyrecord\0")
        for cpu in 0..<cpuCount {
            let size = cpu < buffer.pages.count ? buffer.pages[cpu] * UInt64(pageSize) : 0
            out.append(long: offset)
            out.append(long: size)
            offset += size
        }
    }
}

/// The pages of one instance in a trace.dat.
public struct TraceDatBuffer: Sendable {
    /// What readers call it; empty for the top one.
    public let name: String
    /// How many there are of each CPU.
    public let pages: [UInt64]

    /// Describes a buffer.
    public init(name: String, pages: [UInt64]) {
        self.name = name
        self.pages = pages
    }

    /// How many there are of all CPUs.
    public var pageCount: UInt64 { pages.reduce(0, +) }
}

extension ByteBuffer {
    fileprivate mutating func append(half value: UInt16) { append(littleEndian: value) }
    fileprivate mutating func append(word value: UInt32) { append(littleEndian: value) }
    fileprivate mutating func append(long value: UInt64) { append(littleEndian: value) }

    fileprivate mutating func append(sized bytes: [UInt8]) {
        append(long: UInt64(bytes.count))
        append(bytes.span)
    }
}
