internal import Bytes

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

    /// The whole of a path as that of a directory whose entries name themselves: nothing is stored for each of them.
    init(ofDirectory bytes: [UInt8]) {
        self.bytes = bytes
        length = Int32(bytes.count)
        nameStart = -1
    }

    /// Whether it is a node's own path, and not that of its directory.
    var isComplete: Bool { nameStart >= 0 }

    /// The same bytes as the path of a directory; nil where they are not all of them its own.
    var asDirectory: NodePath? { isComplete && Int(length) == bytes.count ? NodePath(ofDirectory: bytes) : nil }

    /// The path of an entry of the directory that this is the path of.
    func joined(with name: String) -> NodePath {
        let start = length == 1 ? 0 : Int(length)
        var whole: [UInt8] = []
        whole.reserveCapacity(start + 1 + name.utf8.count)
        whole += bytes[..<start]
        whole.append(0x2F)
        whole += name.utf8
        return NodePath(whole, length: whole.count, nameStart: start + 1)
    }

    /// Bytes of memory that the whole path takes, shared by the nodes along it.
    var heldBytes: Int { HeapBlock.bytes(ofArrayOf: UInt8.self, bytes.count) }

    /// The path itself: `/tracing/tracing_on`.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<Int(length)) }
    }

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
