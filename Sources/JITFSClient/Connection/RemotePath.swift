/// A path in the server's tree, as it is typed: `/tracing/instances/my own`.
struct RemotePath: Sendable {
    /// As it was typed: what messages show.
    let text: String

    /// Takes a path.
    ///
    /// - Parameter text: absolute; a slash at the end says that a directory is meant.
    /// - Throws: EINVAL for what no path of the tree can be. An HTTP client would take `.` and `..` out before the server
    ///   could refuse them, and ask for something else than what was typed.
    init(_ text: String) throws(Complaint) {
        self.text = text
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw Complaint(text, "EINVAL: a path begins with /")
        }
        if text.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) {
            throw Complaint(text, "EINVAL: a path has no . and no ..")
        }
    }

    private init(unchecked text: String) { self.text = text }

    /// With every byte that is not unreserved (RFC 3986) percent-encoded, slashes kept.
    var encoded: String { Self.encode(text, keepsSlash: true) }

    /// The directory it stands in, and its last name; nil for `/`.
    var split: (parent: RemotePath, name: String)? {
        var trimmed = Substring(text)
        while trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return nil }
        let parent = slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
        return (RemotePath(unchecked: parent), String(trimmed[trimmed.index(after: slash)...]))
    }

    /// The same as a directory: with one slash at its end.
    var asDirectory: RemotePath { text.last == "/" ? self : RemotePath(unchecked: text + "/") }

    /// What stands in this directory under a name.
    func child(_ name: String) -> RemotePath { RemotePath(unchecked: asDirectory.text + name) }

    /// Percent-encodes a name or a value.
    static func encode(_ text: String, keepsSlash: Bool = false) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            case 0x2F where keepsSlash: out.append(byte)
            default: out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
