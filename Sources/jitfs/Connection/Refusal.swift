internal import Foundation
internal import FoundationNetworking

/// Why there is no answer, in the words of whoever said no: `ENOENT: there is no such file`.
enum Refusal {
    /// The server's words.
    ///
    /// - Parameters:
    ///   - body: a problem of RFC 9457, a line of text, or what some other server sends.
    ///   - status: of the answer.
    ///   - type: the `Content-Type`.
    /// - Returns: `ERRNO: what was wrong`.
    static func text(of body: Data, status: Int, type: String?) -> String {
        let type = type?.prefix { $0 != ";" }
        if type == "application/problem+json" || type == "application/json",
            let problem = try? JSONDecoder().decode(Problem.self, from: body)
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
    ///   - failure: the session's.
    ///   - server: as it was given.
    ///   - hasAnswered: whether the answer had begun.
    /// - Returns: `ERRNO: what was wrong`.
    static func text(of failure: URLError, server: String, hasAnswered: Bool) -> String {
        if hasAnswered { return "ECONNRESET: the answer of \(server) ended before its end" }
        return switch failure.code {
        case .cannotConnectToHost: "ECONNREFUSED: nobody answers at \(server)"
        case .cannotFindHost, .dnsLookupFailed: "EHOSTUNREACH: there is no host as in \(server)"
        case .timedOut: "ETIMEDOUT: no answer from \(server)"
        case .networkConnectionLost: "ECONNRESET: \(server) has hung up"
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
            "EPROTO: no TLS with \(server) that could be trusted"
        default: "EPROTO: no HTTP with \(server): \(failure.localizedDescription)"
        }
    }

    private struct Problem: Decodable {
        let detail: String
        let errno: String?
        let line: Int?
        let written: Int?
    }
}
