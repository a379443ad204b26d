internal import Bytes

/// Method, target and the headers that matter, copied out of the transport into one buffer that is used again.
///
/// The transport calls ``start(method:target:peer:)`` and then ``addHeader(name:value:)`` for every header in order; what
/// nobody asks for is dropped at once. Headers that must not come twice are counted.
public struct RequestHead: ~Copyable, Sendable {
    /// The headers that are looked at.
    public enum Header: Int, Sendable, CaseIterable {
        case accept, authorization, contentLength, contentRange, contentType, expect, host, ifMatch, ifNoneMatch
        case jitfsTask, origin
        case range, secFetchSite, transferEncoding, userAgent
    }

    /// The method.
    public private(set) var method = Method.other
    /// Who sent it.
    public private(set) var peer = Peer()
    /// Whether it is one of a batch, and is answered in a line.
    var isInBatch = false
    private var buffer = ByteBuffer(capacity: 1024)
    private var targetLength = 0
    private var ranges = InlineArray<15, (start: Int32, end: Int32, count: Int32)>(repeating: (0, 0, 0))

    /// A head with nothing in it.
    public init() {}

    /// Begins another request.
    ///
    /// - Parameters:
    ///   - method: as sent.
    ///   - target: path and query as sent, not decoded.
    ///   - peer: who sent it.
    public mutating func start(method: Span<UInt8>, target: Span<UInt8>, peer: Peer) {
        self.method = Method(method)
        self.peer = peer
        isInBatch = false
        buffer.removeAll()
        buffer.append(target)
        targetLength = target.count
        for index in ranges.indices { ranges[index] = (0, 0, 0) }
    }

    /// Takes a header, if it is one of those that matter. Of one that comes twice the first value is kept.
    public mutating func addHeader(name: Span<UInt8>, value: Span<UInt8>) {
        guard let header = Self.header(named: name) else { return }
        ranges[header.rawValue].count += 1
        guard ranges[header.rawValue].count == 1 else { return }
        let start = buffer.count
        buffer.append(value)
        ranges[header.rawValue] = (Int32(start), Int32(buffer.count), 1)
    }

    private static func header(named name: Span<UInt8>) -> Header? {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"): .host
        case 5 where name.equalsIgnoringCase("range"): .range
        case 6 where name.equalsIgnoringCase("accept"): .accept
        case 6 where name.equalsIgnoringCase("origin"): .origin
        case 6 where name.equalsIgnoringCase("expect"): .expect
        case 8 where name.equalsIgnoringCase("if-match"): .ifMatch
        case 10 where name.equalsIgnoringCase("user-agent"): .userAgent
        case 10 where name.equalsIgnoringCase("jitfs-task"): .jitfsTask
        case 12 where name.equalsIgnoringCase("content-type"): .contentType
        case 13 where name.equalsIgnoringCase("authorization"): .authorization
        case 13 where name.equalsIgnoringCase("content-range"): .contentRange
        case 13 where name.equalsIgnoringCase("if-none-match"): .ifNoneMatch
        case 14 where name.equalsIgnoringCase("content-length"): .contentLength
        case 14 where name.equalsIgnoringCase("sec-fetch-site"): .secFetchSite
        case 17 where name.equalsIgnoringCase("transfer-encoding"): .transferEncoding
        default: nil
        }
    }

    /// The target as sent: `/tracing/trace_pipe?count=1`.
    public var target: Span<UInt8> {
        @_lifetime(borrow self)
        get { buffer.span.extracting(0..<targetLength) }
    }

    /// The first value of a header; empty where it did not come.
    @_lifetime(borrow self)
    public func value(_ header: Header) -> Span<UInt8> {
        let range = ranges[header.rawValue]
        return buffer.span.extracting(Int(range.start)..<Int(range.end))
    }

    /// How often a header came.
    public func count(_ header: Header) -> Int { Int(ranges[header.rawValue].count) }

    /// Whether a header came.
    public func has(_ header: Header) -> Bool { count(header) > 0 }
}
