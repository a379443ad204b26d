internal import Testing

/// A trace.dat, read as trace-cmd reads version 6: by the description of the format alone.
struct TraceDatFile {
    /// A page of records.
    struct Page {
        /// Records lost before it: nil for none, 0 for an unknown number.
        var lost: UInt64?
        var records: [Record] = []
    }

    struct Record: Equatable {
        var time: UInt64
        var bytes: [UInt8]
    }

    struct Buffer {
        var name: String
        /// Of each CPU.
        var pages: [[Page]] = []

        func records(cpu: Int) -> [Record] { pages[cpu].flatMap(\.records) }
        func lost(cpu: Int) -> UInt64 { pages[cpu].reduce(0) { $0 + ($1.lost ?? 0) } }
    }

    private(set) var pageSize = 0
    private(set) var layouts: [String: String] = [:]
    private(set) var ftrace: [String] = []
    private(set) var formats: [String: [String]] = [:]
    private(set) var commands = ""
    private(set) var clock = ""
    private(set) var buffers: [Buffer] = []

    private let bytes: [UInt8]
    private var offset = 0

    /// Reads a whole file; what is not as it should be fails the test.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        try #require(take(10) == [0x17, 0x08, 0x44] + Array("tracing".utf8))
        try #require(text() == "6")
        try #require(take(2) == [0, 8])
        pageSize = Int(number(4))
        for name in ["header_page", "header_event"] {
            try #require(text() == name)
            layouts[name] = sized(8)
        }
        for _ in 0..<number(4) { ftrace.append(sized(8)) }
        for _ in 0..<number(4) {
            let system = text()
            for _ in 0..<number(4) { formats[system, default: []].append(sized(8)) }
        }
        try #require(number(4) == 0 && number(4) == 0, "no addresses, no printk formats")
        commands = sized(8)
        let cpus = Int(number(4))
        try #require(text() == "options  ")
        var others: [(name: String, table: Int)] = []
        while case let option = number(2), option != 0 {
            let end = Int(number(4)) + offset
            switch option {
            case 3:
                let table = Int(number(8))
                others.append((text(), table))
            case 4: clock = String(decoding: take(end - offset), as: UTF8.self)
            default: Issue.record("option \(option)")
            }
            try #require(offset == end)
        }
        buffers = [try buffer("", cpus)]
        try #require(sized(8) == clock)
        for (name, table) in others {
            offset = table
            buffers.append(try buffer(name, cpus))
        }
    }

    // MARK: values

    private mutating func take(_ count: Int) -> [UInt8] {
        let end = min(offset + count, bytes.count)
        defer { offset = end }
        return Array(bytes[min(offset, end)..<end])
    }

    private mutating func number(_ count: Int) -> UInt64 { take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    private mutating func text() -> String {
        let end = bytes[offset...].firstIndex(of: 0) ?? bytes.count
        defer { offset = end + 1 }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    private mutating func sized(_ count: Int) -> String {
        String(decoding: take(Int(number(count))), as: UTF8.self)
    }

    // MARK: pages

    private mutating func buffer(_ name: String, _ cpus: Int) throws -> Buffer {
        try #require(text() == "flyrecord")
        let table = (0..<cpus).map { _ in (start: Int(number(8)), size: Int(number(8))) }
        let behind = offset
        var buffer = Buffer(name: name)
        for (start, size) in table {
            try #require(start % pageSize == 0 && size % pageSize == 0 && start + size <= bytes.count)
            buffer.pages.append(
                try stride(from: start, to: start + size, by: pageSize).map { start in
                    offset = start
                    return try page()
                })
        }
        offset = behind
        return buffer
    }

    private mutating func page() throws -> Page {
        var time = number(8)
        let commit = number(8)
        let end = offset + Int(commit & 0xF_FFFF)
        var page = Page()
        while offset < end {
            let head = number(4)
            let delta = head >> 5
            switch head & 31 {
            case 29: offset += Int(number(4))
            case 30: time += delta + number(4) << 27
            case 31: time = delta + number(4) << 27
            case 0:
                time += delta
                page.records.append(Record(time: time, bytes: take(Int(number(4)) - 4)))
            case let words:
                time += delta
                page.records.append(Record(time: time, bytes: take(Int(words) * 4)))
            }
        }
        try #require(offset == end)
        if commit & 1 << 31 != 0 { page.lost = commit & 1 << 30 != 0 ? number(8) : 0 }
        return page
    }
}
