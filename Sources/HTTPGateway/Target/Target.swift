internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// A request's target, taken apart: where to walk, and with which parameters.
///
/// `path` is decoded and canonical: absolute, without a trailing slash, an empty name, `.`, `..`, a NUL or what is not
/// UTF-8. Other control bytes a name may have, as in the kernel, but in the target they are encoded. It borrows the
/// target where nothing was encoded, a buffer of the caller's where something was.
struct Target: ~Escapable {
    /// The path to walk: `/a/b`.
    let path: Span<UInt8>
    /// What stands behind the `?`, as sent; empty where there is none.
    let query: Span<UInt8>
    /// Whether the path was given with a slash at its end, which only a directory bears.
    let endsInSlash: Bool

    /// What a first look at a target came to.
    struct Measure {
        /// Where the path ends and the query begins.
        var length = 0
        /// Whether nothing in the path is encoded or outside ASCII: it can be walked as it is.
        var isPlain = true
        /// Whether a name may be empty, `.`, `..` or too long, and is to be looked at.
        var hasOddNames = false
    }

    /// Names a path and a query.
    ///
    /// - Parameters:
    ///   - path: absolute and decoded.
    ///   - query: as sent.
    ///   - hasOddNames: whether the names have to be looked at.
    /// - Throws: EINVAL where the path has empty names, `.` or `..`; ENAMETOOLONG for a name over 255 bytes.
    @_lifetime(copy path, copy query)
    init(path: Span<UInt8>, query: Span<UInt8>, hasOddNames: Bool) throws(Failure) {
        endsInSlash = path.count > 1 && path[path.count - 1] == 0x2F
        self.path = endsInSlash ? path.extracting(0..<(path.count - 1)) : path
        self.query = query
        guard hasOddNames else { return }
        if endsInSlash, self.path.count == 1 { throw Self.emptyName }
        try Self.checkNames(of: self.path)
    }

    /// Looks at every byte of a path once.
    ///
    /// - Parameter raw: the target as sent.
    /// - Returns: where the path ends, and what is in it.
    /// - Throws: EINVAL where it is not absolute (`*`, `http://…`) or has control bytes.
    static func measure(_ raw: Span<UInt8>) throws(Failure) -> Measure {
        guard raw.count > 0, raw[0] == 0x2F else {
            throw Failure(.invalidArgument, "the target of a request begins with /")
        }
        var measure = Measure()
        var previous: UInt8 = 0
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            // Letters and most of what names have, ahead of everything that needs a closer look.
            if byte &- 0x40 >= 0x3F {
                if byte == 0x3F { break }
                if byte == 0x25 || byte >= 0x80 { measure.isPlain = false }
                if isControl(byte) { throw controlByte }
                if previous == 0x2F, byte == 0x2F || byte == 0x2E { measure.hasOddNames = true }
            }
            previous = byte
            index += 1
        }
        measure.length = index
        if index > 255 { measure.hasOddNames = true }
        return measure
    }

    /// Decodes a path that is not plain.
    ///
    /// - Throws: EINVAL for an encoded slash or NUL, a broken escape, what is not UTF-8.
    static func decode(_ sent: Span<UInt8>, into out: inout ByteBuffer) throws(Failure) {
        out.removeAll()
        out.reserve(sent.count)
        var index = 0
        while index < sent.count {
            guard sent[index] == 0x25 else {
                out.append(sent[index])
                index += 1
                continue
            }
            guard let byte = sent.percentEscape(at: index) else {
                throw Failure(.invalidArgument, "a % in a path is followed by two hexadecimal digits")
            }
            if byte == 0x2F { throw Failure(.invalidArgument, "a name in a path has no /, not even as %2F") }
            if byte == 0 { throw Failure(.invalidArgument, "a name in a path has no NUL, not even as %00") }
            out.append(byte)
            index += 3
        }
        if String(exactly: out.span) == nil { throw Failure(.invalidArgument, "the path is not UTF-8") }
    }

    /// Requires that every name is one that can be walked to.
    private static func checkNames(of path: Span<UInt8>) throws(Failure) {
        if path.count == 1 { return }
        var start = 1
        for index in 1...path.count where index == path.count || path[index] == 0x2F {
            let length = index - start
            if length == 0 { throw emptyName }
            if path[start] == 0x2E, length == 1 || (length == 2 && path[start + 1] == 0x2E) {
                throw Failure(.invalidArgument, "a path has neither . nor ..")
            }
            if length > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
            start = index + 1
        }
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private static var emptyName: Failure {
        Failure(.invalidArgument, "a path has no empty names, such as between two slashes")
    }

    private static var controlByte: Failure {
        Failure(.invalidArgument, "control characters in a path are percent-encoded")
    }
}
