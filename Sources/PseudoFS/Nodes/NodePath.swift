/// Where a node stands: the first bytes of a path that was walked, shared by the nodes along it.
public struct NodePath: Sendable {
    private let bytes: [UInt8]
    private let length: Int32
    private let nameStart: Int32

    /// The path's first `length` bytes, whose last name begins at `nameStart`.
    init(_ bytes: [UInt8], length: Int, nameStart: Int) {
        self.bytes = bytes
        self.length = Int32(length)
        self.nameStart = Int32(nameStart)
    }

    /// The path itself: `/tracing/tracing_on`.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<Int(length)) }
    }

    /// Whether it is all that was walked, and not only the beginning of it.
    var isWhole: Bool { Int(length) == bytes.count }

    /// Its last name; empty for the root.
    public var name: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(Int(nameStart)..<Int(length)) }
    }

    /// The path of the directory it stands in; empty for what stands in the root.
    var parent: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<max(Int(nameStart) - 1, 0)) }
    }
}
