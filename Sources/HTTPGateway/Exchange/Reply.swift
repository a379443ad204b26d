public import Bytes

/// What goes back: a status, headers, and bytes or a stream. Used again for the next request.
public struct Reply: ~Copyable, Sendable {
    /// The status code.
    public var status: UInt16 = 200
    /// The whole body, or what is sent before the stream.
    public var body = ByteBuffer(capacity: 4096)
    /// What goes on after the body; nil where there is nothing more. Whoever takes it closes it, exactly once.
    public var stream: StreamBody?
    /// How many bytes the body and the stream have together, where that is known before they are there; what a HEAD
    /// announces without any. nil takes the body as it is, and lets a stream end where it ends.
    public var length: UInt64?
    /// Whether the connection is to be closed after this.
    public var closes = false
    private var headerBlock = ByteBuffer(capacity: 512)

    /// A reply with nothing in it.
    public init() {}

    /// Begins another reply.
    public mutating func reset() {
        status = 200
        body.removeAll()
        body.shrink(to: 65536)
        stream = nil
        length = nil
        closes = false
        headerBlock.removeAll()
    }

    /// Adds a header. Neither name nor value may hold a NUL or a newline: the value's are dropped.
    public mutating func addHeader(_ name: StaticString, _ value: StaticString) {
        headerBlock.append(name)
        headerBlock.append(0)
        headerBlock.append(value)
        headerBlock.append(0)
    }

    /// Adds a header whose value was made for this reply.
    public mutating func addHeader(_ name: StaticString, _ value: Span<UInt8>) {
        headerBlock.append(name)
        headerBlock.append(0)
        var isClean = true
        for index in value.indices where value[index] < 0x20 { isClean = false }
        if isClean {
            headerBlock.append(value)
        } else {
            for index in value.indices where value[index] >= 0x20 { headerBlock.append(value[index]) }
        }
        headerBlock.append(0)
    }

    /// Adds a header whose value is written in place.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - value: appends the value, without NUL and newlines.
    mutating func addHeader(_ name: StaticString, writing value: (inout ByteBuffer) -> Void) {
        headerBlock.append(name)
        headerBlock.append(0)
        value(&headerBlock)
        headerBlock.append(0)
    }

    /// Adds headers that always come together, in one piece.
    ///
    /// - Parameter block: name, NUL, value, NUL, and so on.
    public mutating func addHeaders(_ block: StaticString) { headerBlock.append(block) }

    /// The headers: name, NUL, value, NUL, and so on, ready for a C library.
    public var headers: Span<UInt8> {
        @_lifetime(borrow self)
        get { headerBlock.span }
    }
}
