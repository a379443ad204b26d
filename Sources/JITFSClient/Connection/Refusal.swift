internal import Bytes

/// Why there is no answer, in the words of whoever said no: `ENOENT: there is no such file`.
enum Refusal {
    /// The server's words.
    ///
    /// - Parameters:
    ///   - body: a problem of RFC 9457, a line of text, or what some other server sends.
    ///   - status: of the answer.
    ///   - type: the `Content-Type`.
    /// - Returns: `ERRNO: what was wrong`.
    static func text(of body: [UInt8], status: Int, type: String?) -> String {
        let type = type?.prefix { $0 != ";" }
        if type == "application/problem+json" || type == "application/json",
            let problem = Problem(body)
        {
            return "\(problem.errno ?? "EIO"): \(problem.detail)"
                + (problem.line.map { ", line \($0)" } ?? "") + (problem.written.map { ", \($0) written" } ?? "")
        }
        let line = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
        if type == "text/plain", let line, line.utf8.first == UInt8(ascii: "E") { return line }
        return "EPROTO: HTTP status \(status), and not from a jitfsd"
    }

    /// What came instead of an answer.
    ///
    /// - Parameters:
    ///   - failure: the connection's.
    ///   - server: as it was given.
    ///   - hasAnswered: whether the answer had begun.
    /// - Returns: `ERRNO: what was wrong`.
    static func text(of failure: Connection.Failure, server: String, hasAnswered: Bool) -> String {
        if hasAnswered { return "ECONNRESET: the answer of \(server) ended before its end" }
        return switch failure {
        case .refused: "ECONNREFUSED: nobody answers at \(server)"
        case .noHost: "EHOSTUNREACH: there is no host as in \(server)"
        case .timedOut: "ETIMEDOUT: no answer from \(server)"
        case .hungUp: "ECONNRESET: \(server) has hung up"
        case .untrusted: "EPROTO: no TLS with \(server) that could be trusted"
        case .malformed(let reason): "EPROTO: no HTTP with \(server): \(reason)"
        }
    }

    private struct Problem {
        let detail: String
        let errno: String?
        let line: String?
        let written: String?

        /// A problem's text; nil where it is something else.
        init?(_ text: [UInt8]) {
            guard let document = try? JSONReader.document(text.span), let detail = document["detail"]?.stringValue
            else {
                return nil
            }
            self.detail = detail
            errno = document["errno"]?.stringValue
            line = document["line"]?.numberText
            written = document["written"]?.numberText
        }
    }
}

extension JSONValue {
    /// A member of an object; nil where there is none, or it is no object.
    subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

    /// A number as it was written.
    fileprivate var numberText: String? { if case .number(let text) = self { text } else { nil } }

    /// The elements, where it is an array.
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}
