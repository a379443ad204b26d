internal import TraceEngine

/// The events that are there without any import: the markers of `ftrace/`, and what jitfs tells about itself.
enum OwnEvents {
    /// What the front tells of an answered request.
    static let request = Definition(
        system: "jitfs", name: "request",
        fields: [
            .init("char method[8]", size: 8), .init("u16 status", size: 2), .init("u64 bytes", size: 8),
            .init("__data_loc char[] path", size: 4, isSigned: true),
        ],
        print: #""%s %s %u %llu bytes", REC->method, __get_str(path), REC->status, REC->bytes"#)
    /// What the node cache tells of a node that was made.
    static let nodeMade = Definition(
        system: "jitfs", name: "node_made", fields: [.init("__data_loc char[] path", size: 4, isSigned: true)],
        print: #""%s", __get_str(path)"#)
    /// What the node cache tells of a node that was reclaimed.
    static let nodeReclaimed = Definition(
        system: "jitfs", name: "node_reclaimed", fields: [.init("__data_loc char[] path", size: 4, isSigned: true)],
        print: #""%s", __get_str(path)"#)

    /// What a pool tells of a page that was put: where, how many bytes its object has, and how long it took.
    static let pagePut = page("page_put")
    /// What a pool tells of a page that was got.
    static let pageGet = page("page_get")
    /// What a pool tells of a page that was given up.
    static let pageDiscard = page("page_discard")
    /// What a pool tells of a page that went to the backing store; the duration is its share of the write.
    static let pageSpill = page("page_spill")

    /// What a pool tells of its limit: what it was, what it is, and why; 0 for none.
    static let memLimit = Definition(
        system: "ramzswap", name: "mem_limit",
        fields: [
            .init("u64 old", size: 8), .init("u64 new", size: 8),
            .init("__data_loc char[] device", size: 4, isSigned: true),
            .init("__data_loc char[] reason", size: 4, isSigned: true),
        ],
        print: #""%s old=%llu new=%llu reason=%s", __get_str(device), REC->old, REC->new, __get_str(reason)"#)

    /// The traffic of a pool, by which SwapReplay can repeat it. Sectors have 512 bytes, as everywhere in the kernel.
    private static func page(_ name: String) -> Definition {
        Definition(
            system: "ramzswap", name: name,
            fields: [
                .init("u64 sector", size: 8), .init("u64 duration_ns", size: 8), .init("u32 comp_len", size: 4),
                .init("__data_loc char[] device", size: 4, isSigned: true),
            ],
            print: #""%s sector=%llu comp_len=%u duration_ns=%llu", __get_str(device), REC->sector, "#
                + #"REC->comp_len, REC->duration_ns"#)
    }

    private static let print = Definition(
        system: "ftrace", name: "print",
        fields: [.init("unsigned long ip", size: 8), .init("char buf[]", size: 0)],
        print: #""%ps: %s", (void *)REC->ip, REC->buf"#)
    private static let rawData = Definition(
        system: "ftrace", name: "raw_data",
        fields: [.init("unsigned int id", size: 4), .init("char buf[]", size: 0)],
        print: #""id:%04x %08x", REC->id, (int)REC->buf[0]"#)

    /// All of them.
    static let all = [
        print, rawData, request, nodeMade, nodeReclaimed, pagePut, pageGet, pageDiscard, pageSpill, memLimit,
    ]

    /// An event whose format text is written here.
    struct Definition: Sendable {
        struct Field: Sendable {
            let declaration: String
            let size: Int
            let isSigned: Bool

            init(_ declaration: String, size: Int, isSigned: Bool = false) {
                self.declaration = declaration
                self.size = size
                self.isSigned = isSigned
            }
        }

        let system: String
        let name: String
        let fields: [Field]
        let print: String

        /// Where each field stands, packed without gaps from byte 8 on.
        var offsets: [Int] {
            var offset = 8
            return fields.map { field in
                defer { offset += field.size }
                return offset
            }
        }

        /// Bytes of the fixed part.
        var fixedSize: Int { 8 + fields.reduce(0) { $0 + $1.size } }

        /// The text of `format`, laid out as the kernel's.
        var format: String {
            var text = "name: \(name)\nID: 0\nformat:\n"
            let common = [
                ("unsigned short common_type", 0, 2, 0), ("unsigned char common_flags", 2, 1, 0),
                ("unsigned char common_preempt_count", 3, 1, 0), ("int common_pid", 4, 4, 1),
            ]
            for (declaration, offset, size, signed) in common {
                text += "\tfield:\(declaration);\toffset:\(offset);\tsize:\(size);\tsigned:\(signed);\n"
            }
            text += "\n"
            for (field, offset) in zip(fields, offsets) {
                text +=
                    "\tfield:\(field.declaration);\toffset:\(offset);\tsize:\(field.size);\tsigned:\(field.isSigned ? 1 : 0);\n"
            }
            return text + "\nprint fmt: \(print)\n"
        }

        var catalogueDefinition: EventCatalogue.Definition {
            .init(
                system: system, name: name, format: .own(Array(format.utf8)),
                origin: system == "ftrace" ? .imported : .own)
        }
    }
}
