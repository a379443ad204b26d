internal import Bytes

/// A request's method.
public enum Method: Sendable, Equatable {
    case get, head, put, post, delete, options
    /// Any other: refused with 405, or 501 where it is none that HTTP knows.
    case other

    /// Reads a method; it is case-sensitive.
    public init(_ name: Span<UInt8>) {
        switch name.count {
        case 3 where name.equals("GET"): self = .get
        case 3 where name.equals("PUT"): self = .put
        case 4 where name.equals("POST"): self = .post
        case 4 where name.equals("HEAD"): self = .head
        case 6 where name.equals("DELETE"): self = .delete
        case 7 where name.equals("OPTIONS"): self = .options
        default: self = .other
        }
    }
}
