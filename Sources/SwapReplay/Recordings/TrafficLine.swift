internal import Bytes

/// One line of a `trace_pipe` as JSON: what a recorder takes in.
///
/// ```
/// {"timestamp_ns":…,"cpu":0,"pid":12,"comm":"jitfsd","event":"ramzswap/page_put","fields":{"sector":40,"duration_ns":11400,"comp_len":1033,"device":"swap"}}
/// {"lost":580,"cpu":0}
/// ```
public enum TrafficLine: Sendable, Equatable {
    /// An operation, and the pool that tells of it.
    case operation(TrafficOperation, pool: String)
    /// Events were lost; how many, where that is known.
    case lost(UInt64?)
    /// Another event.
    case other

    /// The tracepoints' system.
    public static let system = "ramzswap"

    /// Reads a line; nil where it is none, or is an operation without what belongs to it.
    ///
    /// - Parameter line: without its newline.
    public init?(_ line: Span<UInt8>) {
        var scanner = TrafficLineScanner(line)
        if let usual = scanner.operation() { self = usual } else { self.init(json: line) }
    }

    /// The same by way of JSON, whatever the order of its members.
    init?(json line: Span<UInt8>) {
        guard let document = try? JSONReader.document(line), let members = document.members else { return nil }
        if let lost = document.member("lost") {
            self = .lost(lost.unsigned)
            return
        }
        guard let event = document.member("event")?.stringValue else { return nil }
        guard let kind = TrafficOperation.Kind.allCases.first(where: { event == "\(Self.system)/page_\($0.name)" })
        else {
            self = .other
            return
        }
        guard let time = members.first(where: { $0.name == "timestamp_ns" })?.value.unsigned,
            let fields = document.member("fields"), let sector = fields.member("sector")?.unsigned,
            let nanoseconds = fields.member("duration_ns")?.unsigned,
            let length = fields.member("comp_len")?.unsigned.flatMap({ UInt32(exactly: $0) }),
            let pool = fields.member("device")?.stringValue
        else { return nil }
        self = .operation(
            TrafficOperation(kind: kind, sector: sector, storedBytes: length, nanoseconds: nanoseconds, time: time),
            pool: pool)
    }
}
