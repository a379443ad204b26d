internal import Bytes
public import PseudoFS
internal import SystemPackage

/// Who may do what: tokens, kept only as digests, each with a role below a path.
///
/// ```
/// # role  SHA-256 of the token                                              below (everything, if absent)
/// admin   9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
/// read    60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752  /a/b
/// ```
///
/// A token that stands on several lines has the highest of the roles whose path covers the one that is asked for.
public struct Credentials: Sendable {
    /// The SHA-256 of bytes. Given from outside, so that this module needs no cryptography of its own.
    public typealias Digest = @Sendable (Span<UInt8>) -> [UInt8]

    /// What one line says.
    struct Entry: Sendable {
        let digest: [UInt8]
        let authority: Authority
        let prefix: [UInt8]
    }

    /// What a request's header came to.
    enum Access: Equatable {
        /// No token, or none of ours.
        case unknown
        /// One of ours, with what it may do at the path.
        case known(Authority)
    }

    private let entries: [Entry]
    private let digest: Digest

    /// Reads a token file.
    ///
    /// - Parameters:
    ///   - text: `ROLE SHA256HEX [PATH]` a line, roles being `read`, `write` and `admin`; `#` begins a comment.
    ///   - digest: the SHA-256.
    /// - Throws: EINVAL with the number of the line that is wrong.
    public init(parsing text: Span<UInt8>, digest: @escaping Digest) throws(Failure) {
        var entries: [Entry] = []
        var start = 0
        var line = 0
        for end in 0...text.count where end == text.count || text[end] == 0x0A {
            line += 1
            let whole = text.extracting(start..<end)
            start = end + 1
            let words = String(repairing: whole.extracting(0..<(whole.firstIndex(of: 0x23) ?? whole.count)))
                .split { $0 == " " || $0 == "\t" || $0 == "\r" }
            if !words.isEmpty { entries.append(try Self.entry(words, line: line)) }
        }
        self.entries = entries
        self.digest = digest
    }

    private static func entry(_ words: [Substring], line: Int) throws(Failure) -> Entry {
        func wrong(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content, line: line) }
        guard words.count == 2 || words.count == 3 else {
            throw wrong("line \(line): a role, a SHA-256 in hexadecimal and perhaps a path are expected")
        }
        let authority: Authority
        switch words[0] {
        case "read": authority = .read
        case "write": authority = .write
        case "admin": authority = .admin
        default: throw wrong("line \(line): a role is read, write or admin")
        }
        guard let digest = bytes(of: words[1]) else {
            throw wrong("line \(line): a SHA-256 has 64 hexadecimal digits")
        }
        guard words.count == 3 else { return Entry(digest: digest, authority: authority, prefix: []) }
        guard words[2].hasPrefix("/") else { throw wrong("line \(line): a path begins with /") }
        var prefix = Array(words[2].utf8)
        while prefix.last == 0x2F { prefix.removeLast() }
        return Entry(digest: digest, authority: authority, prefix: prefix)
    }

    private static func bytes(of text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x41...0x46: digit - 0x41 + 10
            case 0x61...0x66: digit - 0x61 + 10
            default: nil
            }
        }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// What the bearer of a header may do at a path.
    ///
    /// Every entry is looked at, whole, whatever was found before: the time says nothing of the tokens.
    func access(header: Span<UInt8>, path: Span<UInt8>) -> Access {
        let value = header.trimmed
        guard value.count > 7, value.extracting(0..<7).equalsIgnoringCase("bearer ") else { return .unknown }
        let given = digest(value.extracting(7..<value.count).trimmed)
        var access = Access.unknown
        for entry in entries {
            guard Self.areEqual(entry.digest, given) else { continue }
            let here = Self.covers(entry.prefix, path) ? entry.authority : Authority.none
            if case .known(let authority) = access {
                access = .known(max(authority, here))
            } else {
                access = .known(here)
            }
        }
        return access
    }

    /// Compares digests in a time that depends on their length only.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }

    /// Whether a path is the prefix or below it.
    private static func covers(_ prefix: [UInt8], _ path: Span<UInt8>) -> Bool {
        if prefix.isEmpty { return true }
        guard path.count >= prefix.count, path.extracting(0..<prefix.count).equals(prefix.span) else { return false }
        return path.count == prefix.count || path[prefix.count] == 0x2F
    }
}
