internal import Bytes
internal import Testing
internal import TraceOutput

/// Where the head of a trace.dat says that pages stand; what else is in it the tests of the file system read.
struct TraceDatHeadTests {
    private func bytes(_ head: TraceDatHead) -> [UInt8] {
        var out = ByteBuffer()
        // What stands before it in the buffer is none of it.
        out.append("before")
        head.append(to: &out)
        return Array(out.array.dropFirst(6))
    }

    private func number(_ bytes: [UInt8], at offset: Int, _ count: Int) -> Int {
        bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Where each `flyrecord` table begins.
    private func tables(_ bytes: [UInt8]) -> [Int] {
        let mark = Array("flyrecord\0".utf8)
        return bytes.indices.filter { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
    }

    @Test(arguments: ["", "[local] global\n"], [1, 2, 70])
    func `each table says where its pages begin, one behind the other`(_ clocks: String, _ count: Int) {
        var head = TraceDatHead()
        head.clocks = Array(clocks.utf8)
        for index in 0..<count {
            head.add(TraceDatBuffer(name: index == 0 ? "" : "instance \(index)", pages: [UInt64(index), 3]))
        }
        let bytes = bytes(head)
        #expect(bytes.count % 4096 == 0)
        let tables = tables(bytes)
        #expect(tables.count == count)
        var offset = bytes.count
        for (index, table) in tables.enumerated() {
            for (cpu, pages) in [index, 3].enumerated() {
                #expect(number(bytes, at: table + cpu * 16, 8) == offset)
                #expect(number(bytes, at: table + cpu * 16 + 8, 8) == pages * 4096)
                offset += pages * 4096
            }
        }
        #expect(offset - bytes.count == Int(head.dataSize))
    }

    @Test func `an option says where the table of each further buffer stands`() throws {
        var head = TraceDatHead(pageSize: 8192)
        head.add(TraceDatBuffer(name: "", pages: [1]))
        head.add(TraceDatBuffer(name: "é", pages: [1, 2]))
        let bytes = bytes(head)
        #expect(bytes.count % 8192 == 0)
        let tables = tables(bytes)
        let name = Array("é\0".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
        #expect(number(bytes, at: place - 14, 2) == 3)
        #expect(number(bytes, at: place - 12, 4) == 8 + name.count)
        #expect(number(bytes, at: place - 8, 8) == tables[1] - 10)
        // A buffer with fewer CPUs has empty ones.
        #expect(number(bytes, at: tables[0] + 24, 8) == 0)
        #expect(number(bytes, at: tables[1] + 24, 8) == 2 * 8192)
        #expect(String(decoding: bytes, as: UTF8.self).contains("offset:16;\tsize:8176;"))
    }

    @Test func `formats stand under their systems, markers apart`() {
        var head = TraceDatHead()
        head.add(TraceDatBuffer(name: "", pages: []))
        for (system, text) in [("shop", "one"), ("ftrace", "print"), ("sched", "two"), ("shop", "three")] {
            head.add(format: Array(text.utf8).span, of: system)
        }
        func sized(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) }
        let expected =
            [1, 0, 0, 0] + sized("print") + [2, 0, 0, 0] + Array("shop\0".utf8) + [2, 0, 0, 0] + sized("one")
            + sized("three") + Array("sched\0".utf8) + [1, 0, 0, 0] + sized("two")
        let bytes = bytes(head)
        #expect(bytes.indices.contains { bytes[$0...].starts(with: expected) })
    }
}
