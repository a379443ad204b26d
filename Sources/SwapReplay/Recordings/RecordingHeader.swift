internal import Bytes

/// What a recording says of itself at its start: an object of JSON, which `head -c 300` shows.
///
/// ```
/// {"pool":"swap","clock":"mono","started_unix_ns":1795239300000000000,"recorder":"jitfs 0.1.0","page_bytes":4096,"sector_bytes":512}
/// ```
/// Members that a reader does not know are skipped, so that later recorders may say more.
public struct RecordingHeader: Sendable, Equatable {
    /// The pool whose traffic it is.
    public var pool: String
    /// The clock of the operations' times, by the name it has in `trace_clock`: `mono`.
    public var clock: String
    /// When the recording began, in nanoseconds since 1970 by the recorder's own clock; 0 where it has none.
    public var startedUnixNanoseconds: UInt64
    /// The program that recorded, with its version.
    public var recorder: String

    /// Describes a recording.
    public init(pool: String, clock: String = "mono", startedUnixNanoseconds: UInt64 = 0, recorder: String = "") {
        self.pool = pool
        self.clock = clock
        self.startedUnixNanoseconds = startedUnixNanoseconds
        self.recorder = recorder
    }

    /// Appends the object.
    func append(to out: inout ByteBuffer) {
        out.append("{\"pool\":")
        out.append(jsonString: pool)
        out.append(",\"clock\":")
        out.append(jsonString: clock)
        out.append(",\"started_unix_ns\":")
        out.append(decimal: startedUnixNanoseconds)
        out.append(",\"recorder\":")
        out.append(jsonString: recorder)
        out.append(",\"page_bytes\":")
        out.append(decimal: TrafficOperation.pageBytes)
        out.append(",\"sector_bytes\":512}")
    }

    /// Reads the object; nil where it is none, or is of pages or sectors of other sizes.
    init?(_ text: Span<UInt8>) {
        guard let document = try? JSONReader.document(text), case .string(let pool)? = document.member("pool"),
            case .string(let clock)? = document.member("clock"),
            document.member("page_bytes")?.unsigned == UInt64(TrafficOperation.pageBytes),
            document.member("sector_bytes")?.unsigned == 512
        else { return nil }
        self.init(
            pool: pool, clock: clock, startedUnixNanoseconds: document.member("started_unix_ns")?.unsigned ?? 0,
            recorder: document.member("recorder")?.stringValue ?? "")
    }
}

extension JSONValue {
    /// A member of an object.
    func member(_ name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

    /// A whole number from 0 on, also as the string that `?int64=string` makes of it.
    var unsigned: UInt64? {
        switch self {
        case .number(let text), .string(let text): UInt64(text)
        default: nil
        }
    }
}
